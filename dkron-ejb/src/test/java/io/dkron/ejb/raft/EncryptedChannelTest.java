package io.dkron.ejb.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.gossip.Encryption;
import io.dkron.agent.gossip.Peer;
import io.dkron.core.store.CommitResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptedChannelTest {
    private static final String KEY = "qrkRqq5J1JbQOl6tSFQWmA==";
    private static final String OTHER = "AAECAwQFBgcICQoLDA0ODw==";

    @TempDir
    Path folder;

    private final Map<String, Peer> gossip = TestPeers.nobody();
    private final List<TestServer> servers = new ArrayList<>();

    @AfterEach
    void stopAll() {
        servers.forEach(TestServer::close);
    }

    private TestServer server(String name, String key) {
        TestServer server = new TestServer(name, folder, gossip).expecting(3);
        Encryption encryption = Encryption.of(key);
        server.wire = () -> encryption.enabled() ? List.of(encryption.protocol("raft")) : List.of();
        servers.add(server.start());
        return server;
    }

    private TestServer leader() {
        await("one leader")
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> servers.stream().filter(TestServer::leads).count() == 1);
        return servers.stream().filter(TestServer::leads).findFirst().orElseThrow();
    }

    @Test
    void serversWithOneKeyKeepOneStore() {
        server("a", KEY);
        server("b", KEY);
        TestServer c = server("c", KEY);
        assertThat(leader().put("k", "1")).isInstanceOf(CommitResult.Committed.class);
        await().atMost(10, TimeUnit.SECONDS).until(() -> c.get("k").isPresent());
    }

    @ParameterizedTest
    @ValueSource(strings = {OTHER, ""})
    void aServerWithAnotherKeyOrNoneReachesNobody(String key) {
        server("a", KEY);
        server("b", KEY);
        TestServer stranger = server("c", key);
        TestServer leader = leader();
        assertThat(leader).isNotSameAs(stranger);
        assertThat(leader.put("k", "1")).isInstanceOf(CommitResult.Committed.class);
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> stranger.group().trouble().orElse("").contains("1 of 3 are there"));
        assertThat(leader.member().present()).hasSize(2);
        assertThat(stranger.get("k")).isEmpty();
    }
}
