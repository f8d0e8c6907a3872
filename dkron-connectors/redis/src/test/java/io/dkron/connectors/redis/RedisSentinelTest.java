package io.dkron.connectors.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.ServerProcess;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

class RedisSentinelTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    @Test
    void afterAFailOverCommitsGoOnAtTheNewMaster() {
        try (RedisServer master = RedisServer.plain();
                RedisServer replica = RedisServer.plain("--replicaof", "127.0.0.1 " + master.port())) {
            master.start();
            replica.start();
            try (Sentinel sentinel = new Sentinel(master.port())) {
                sentinel.start();
                String dead = "127.0.0.1:" + ServerProcess.freePort();
                try (RedisStore store = open(dead, sentinel.machine())) {
                    waiting().until(() -> commit(store, "before", "1"));
                    waiting().until(() -> commit(store, "last", "1") && isReplicated(store));
                    assertThat(store.health().detail()).contains(master.machine(), "min-replicas-to-write");
                    assertReplicaIsRefused(replica, master);
                    master.kill();
                    waiting().until(() -> commit(store, "after", "2"));
                    assertThat(store.health().detail()).contains(replica.machine(), "no replica");
                    assertThat(store.list("dkron/", "", 10).entries()).hasSize(3);
                    if (ServerProcess.longRuns()) { // Sentinel takes its time
                        master.start();
                        waiting().until(() -> commit(store, "after", "3") && isReplicated(store));
                        assertReplicaIsRefused(master, replica);
                    }
                }
                try (RedisStore store = open("redis-sentinel://" + sentinel.machine() + "#other")) {
                    assertThatThrownBy(() -> store.get("dkron/after"))
                            .isInstanceOf(StoreException.class)
                            .hasMessageContaining("knows no master other");
                }
                try (RedisStore store = open("redis-sentinel://" + sentinel.machine() + "#dkron-master")) {
                    assertThat(store.get("dkron/after")).isPresent();
                }
            }
        }
    }

    private static boolean isReplicated(RedisStore store) {
        return !store.health().detail().contains("no replica");
    }

    private static void assertReplicaIsRefused(RedisServer replica, RedisServer master) {
        try (RedisStore store = open(replica.machine())) {
            waiting()
                    .untilAsserted(() -> assertThatThrownBy(() -> store.get("dkron/last"))
                            .isInstanceOf(StoreException.class)
                            .hasMessageContaining("is a replica of 127.0.0.1:" + master.port()));
        }
    }

    private static boolean commit(RedisStore store, String key, String value) {
        return store.commit(new Batch().put("dkron/" + key, value.getBytes(UTF_8))) instanceof CommitResult.Committed;
    }

    private static ConditionFactory waiting() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }

    private static RedisStore open(String... machines) {
        return RedisStore.open(StoreRequest.of("redis", List.of(machines), "dkron", TIMEOUT));
    }

    /** One Sentinel, whose word alone counts. */
    private static final class Sentinel extends ServerProcess {
        private final int master;

        Sentinel(int master) {
            super("redis-sentinel");
            this.master = master;
        }

        @Override
        protected List<String> command() {
            Path config = folder().resolve("sentinel.conf");
            try {
                Files.writeString(config, """
                        bind 127.0.0.1
                        port %d
                        dir %s
                        sentinel monitor dkron-master 127.0.0.1 %d 1
                        sentinel down-after-milliseconds dkron-master 500
                        sentinel failover-timeout dkron-master 2000
                        """.formatted(port(), data(), master));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return List.of(RedisServer.program(folder()), config.toString(), "--sentinel");
        }

        @Override
        protected boolean serves() throws IOException {
            try (Socket socket = new Socket("127.0.0.1", port())) {
                return socket.isConnected();
            }
        }
    }
}
