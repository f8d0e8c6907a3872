package io.dkron.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
    private static final Map<String, String> SAME = Map.of(
            "json",
            "{\"Node_Name\":\"n1\",\"rpc-port\":7000,\"http-hosts\":[\"a\",\"b\"],\"server\":true,\n\"tags\":{\"Role\":\"web\"}}",
            "toml",
            "Node_Name = \"n1\"\nrpc-port = 7000\nhttp-hosts = [\"a\", \"b\"]\nserver = true\n[tags]\nRole = \"web\"\n",
            "yaml",
            "Node_Name: n1\nrpc-port: 7000\nhttp-hosts:\n  - a\n  - b\nserver: true\ntags:\n  Role: web\n",
            "yml",
            "Node_Name: n1\nrpc-port: 7000\nhttp-hosts: a,b\nserver: true\ntags: {Role: web}\n",
            "properties",
            "Node_Name=n1\nrpc-port=7000\nhttp-hosts=a,b\nserver=true\ntags=role=web\n");

    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "toml", "yaml", "yml", "properties"})
    void everyFormSaysTheSame(String ending) throws Exception {
        ConfigFile file = ConfigFile.read(file("dkron." + ending, SAME.get(ending)));
        Settings settings = Settings.from(List.of(file)).orThrow();
        assertThat(settings.string(Setting.NODE_NAME)).isEqualTo("n1");
        assertThat(settings.integer(Setting.RPC_PORT)).isEqualTo(7000);
        assertThat(settings.list(Setting.HTTP_HOSTS)).containsExactly("a", "b");
        assertThat(settings.bool(Setting.SERVER)).isTrue();
        assertThat(settings.tags()).containsExactly(Map.entry("role", "web"));
        assertThat(file.warnings()).isEmpty();
    }

    @Test
    void aMalformedFileIsAnErrorWithItsLine() throws Exception {
        for (Path path : List.of(
                file("a.json", "{\n  \"node-name\": \"a\",\n  oops\n}"),
                file("b.yaml", "a: 1\nb:\n  - x\n y\n"),
                file("c.toml", "a = 1\nb = 2\nc = = 3\n"))) {
            assertThatThrownBy(() -> ConfigFile.read(path))
                    .isInstanceOf(ConfigFileException.class)
                    .hasMessageMatching("(?s).*" + path.getFileName() + ":[34]: .*");
        }
    }

    @Test
    void aNamedFileMustBeThere() {
        assertThatThrownBy(() -> ConfigFile.read(folder.resolve("none.yml")))
                .hasMessageContaining("none.yml: there is no such file");
        assertThatThrownBy(() -> ConfigFile.read(folder.resolve("dkron.hcl"))).hasMessageContaining("must end in");
    }

    @Test
    void anUnknownKeyWarnsWithTheNearestName() throws Exception {
        ConfigFile file = ConfigFile.read(file("dkron.yml", "http-adr: x\nacl:\n  enabled: true\nzzzzzzzzzz: 1\n"));
        assertThat(file.warnings())
                .containsExactly(
                        folder.resolve("dkron.yml") + ": unknown key http-adr; did you mean http-addr?",
                        folder.resolve("dkron.yml") + ": unknown key zzzzzzzzzz; ignored");
        assertThat(Settings.from(List.of(file)).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("refused"));
    }

    @Test
    void aDefaultFileIsTheFirstByFolderThenEnding() throws Exception {
        Path second = Files.createDirectory(folder.resolve("second"));
        Files.writeString(second.resolve("dkron.json"), "{}");
        assertThat(ConfigFile.findIn(List.of(folder, second))).contains(second.resolve("dkron.json"));
        file("dkron.yml", "");
        file("dkron.toml", "");
        assertThat(ConfigFile.findIn(List.of(folder, second))).contains(folder.resolve("dkron.toml"));
        assertThat(ConfigFile.read(folder.resolve("dkron.yml")).warnings()).isEmpty();
    }
}
