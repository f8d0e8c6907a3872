package io.dkron.connectors.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.zookeeper.common.PathUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "dkron/jobs/backup-db",
                "dkron/executions/a_1/1559383200000123456-node1.example",
                "dkron/leader/_c_0123456789abcdef-lock-0000000001",
                "dkron/jobs/100%",
                "dkron/jobs/%4 b%",
                "é/日本"
            })
    void namesOfDkron1StayAsTheyAre(String key) {
        assertThat(Paths.of(key)).isEqualTo("/" + key);
        assertThat(keyOf("/" + key)).contains(key);
    }

    @ParameterizedTest
    @CsvSource({
        "a/,/a/%00",
        "/a,/%00/a",
        "a//b,/a/%00/b",
        "a/./../.b,/a/%2E/%2E%2E/.b",
        "zookeeper/a,/%7Aookeeper/a",
        "a/zookeeper,/a/zookeeper",
        "a%41,/a%2541",
        "😀,/%F0%9F%98%80",
        "a\u0001b,/a%01b",
        "\uE000\uFFFD,/%EE%80%80%EF%BF%BD"
    })
    void whatNoPathCanHoldIsEscaped(String key, String path) {
        assertThat(Paths.of(key)).isEqualTo(path);
        assertThat(keyOf(path)).contains(key);
    }

    @Test
    void everyKeyHasAPathOfItsOwnAndComesBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> parts = List.of(
                "%",
                "/", ".", "..", "4", "F", "0", "a", "\u0001", "\u0085", "é", "😀", "\uE000", "zookeeper", "%00", "%2F");
        for (int i = 0; i < 20_000; i++) {
            StringBuilder key = new StringBuilder();
            for (int j = random.nextInt(8); j >= 0; j--) {
                key.append(parts.get(random.nextInt(parts.size())));
            }
            String path = Paths.of(key.toString());
            PathUtils.validatePath(path);
            assertThat(keyOf(path)).as("seed %d", seed).contains(key.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/%FFcommits", "/a%41", "/%C3", "/zookeeper"})
    void whatNoKeyIsCalledIsNoneOfOurs(String path) {
        assertThat(keyOf(path)).isEmpty();
    }

    private static Optional<String> keyOf(String path) {
        List<String> segments = new ArrayList<>();
        for (String name : path.substring(1).split("/")) {
            Optional<String> segment = Paths.decoded(name, segments.isEmpty());
            if (segment.isEmpty()) {
                return Optional.empty();
            }
            segments.add(segment.get());
        }
        return Optional.of(String.join("/", segments));
    }
}
