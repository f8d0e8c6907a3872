package io.dkron.connectors.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.ServerProcess;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three servers, of which one fails. */
class ZooKeeperEnsembleTest {
    private final List<ZooKeeperServer> servers = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        Assumptions.assumeTrue(ServerProcess.longRuns(), "an ensemble of three: only with dkron.tests.long");
        StringBuilder members = new StringBuilder();
        for (int id = 1; id <= 3; id++) {
            members.append(String.format(
                    "server.%d=127.0.0.1:%d:%d%n", id, ServerProcess.freePort(), ServerProcess.freePort()));
        }
        for (int id = 1; id <= 3; id++) {
            ZooKeeperServer server = new ZooKeeperServer("zookeeper-" + id, true, members.toString());
            servers.add(server);
            Files.writeString(server.data().resolve("myid"), "" + id);
        }
        List<Thread> starts =
                servers.stream().map(server -> new Thread(server::start)).toList();
        starts.forEach(Thread::start); // none serves before a majority is there
        for (Thread one : starts) {
            one.join();
        }
    }

    @AfterEach
    void end() {
        servers.forEach(ZooKeeperServer::close);
    }

    /** P15: whichever server a client moves to, it sees what it committed, and what was committed before that. */
    @Test
    void P15afterEachFailureAClientReadsAllThatWasCommitted() {
        List<String> all = servers.stream().map(ZooKeeperServer::machine).toList();
        try (ZooKeeperStore one = open(all);
                ZooKeeperStore two = open(all)) {
            int number = 0;
            for (ZooKeeperServer victim : servers) {
                for (int round = 0; round < 2; round++) {
                    for (int i = 0; i < 20; i++) {
                        ZooKeeperStore writer = i % 2 == 0 ? one : two;
                        String key = String.format("dkron/n/%04d", ++number);
                        long version = committed(writer, key);
                        Entry read = read(writer, key).orElseThrow();
                        assertThat(read.version()).isEqualTo(version);
                        assertThat(listed(writer)).as("after commit %d", number).isEqualTo(number);
                    }
                    if (round == 0) {
                        victim.kill();
                    } else {
                        victim.start();
                    }
                }
            }
        }
    }

    /** A new session may be with a server that is behind: it begins by a write. */
    @Test
    void P15afterItsSessionExpiredAClientReadsWhatOthersCommittedMeanwhile() {
        ZooKeeperServer far = servers.get(2);
        try (TcpProxy proxy = new TcpProxy(far.machine());
                ZooKeeperStore near = open(List.of(servers.get(0).machine()));
                ZooKeeperStore behind = open(List.of(proxy.machine()))) {
            committed(behind, "dkron/n/1");
            proxy.refuse();
            waiting().until(() -> servers.stream().allMatch(ZooKeeperEnsembleTest::hasOneSession));
            committed(near, "dkron/n/2");
            far.pause();
            committed(near, "dkron/n/3");
            far.resume();
            proxy.pass();
            assertThat(listed(behind)).isEqualTo(3);
        }
    }

    /** True of servers that do not lead: these do not know all sessions. */
    private static boolean hasOneSession(ZooKeeperServer server) {
        try {
            if (!server.ask("srvr").contains("Mode: leader")) {
                return true;
            }
            String sessions = server.ask("dump").split("ephemeral nodes dump")[0];
            return sessions.split("\\t0x", -1).length == 2;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ZooKeeperStore open(List<String> machines) {
        return ZooKeeperStore.open(StoreRequest.of("zk", machines, "dkron", Duration.ofSeconds(5)));
    }

    /** Unknown means: look whether it is there. */
    private static long committed(ZooKeeperStore store, String key) {
        List<Long> versions = new ArrayList<>();
        waiting().until(() -> {
            CommitResult result =
                    store.commit(new Batch().expect(key, Batch.ABSENT).put(key, key.getBytes(UTF_8)));
            if (result instanceof CommitResult.Committed done) {
                versions.add(done.version());
            } else if (result instanceof CommitResult.Refused earlier) {
                versions.add(earlier.actual());
            }
            return !versions.isEmpty();
        });
        return versions.get(0);
    }

    private static Optional<Entry> read(ZooKeeperStore store, String key) {
        return waiting().ignoreException(StoreException.class).until(() -> store.get(key), found -> true);
    }

    private static int listed(ZooKeeperStore store) {
        return waiting()
                .ignoreException(StoreException.class)
                .until(() -> store.list("dkron/n/", "", 1_000).entries().size(), size -> true);
    }

    private static ConditionFactory waiting() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
    }
}
