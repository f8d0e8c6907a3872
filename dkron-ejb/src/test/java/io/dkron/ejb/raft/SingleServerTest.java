package io.dkron.ejb.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.gossip.Peer;
import io.dkron.connectors.embedded.EmbeddedStore;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SingleServerTest {
    @TempDir
    Path folder;

    @Test
    void aServerWithNobodyToJoinLeadsAlone() throws Exception {
        try (TestServer one = new TestServer("one", folder, TestPeers.nobody()).start()) {
            await("lead").atMost(20, TimeUnit.SECONDS).until(one::leads);
            assertThat(one.put("a", "1")).isInstanceOf(CommitResult.Committed.class);
            assertThat(one.get("a")).contains("1");
            assertThat(one.group().clusterId()).isPresent();
            assertThat(one.group().trouble()).isEmpty();
            long before = one.store().applied();
            assertThat(one.group().confirm()).isTrue();
            assertThat(one.store().applied()).isGreaterThan(before);
        }
    }

    @Test
    void f36AServerThatComesBackSaysFromItsFirstWordOnWhichClusterItsDataBelongTo() throws Exception {
        try (TestServer one = new TestServer("one", folder, TestPeers.nobody())) {
            one.start();
            await("lead").atMost(20, TimeUnit.SECONDS).until(one::leads);
            Peer shown = one.gossip.get("one");
            Peer bare = new Peer(shown.member(), shown.starts(), Optional.empty(), shown.attributes());
            assertThat(one.group().introduced(bare).clusterId())
                    .isPresent()
                    .isEqualTo(one.group().clusterId());
        }
    }

    @Test
    void aStoreOfASingleServerWithoutAGroupGoesOnFromItsIndex() {
        TestServer one = new TestServer("one", folder, TestPeers.nobody());
        try (EmbeddedStore before = EmbeddedStore.open(one.data.resolve("store"), true, Duration.ofSeconds(5))) {
            for (int i = 0; i < 5; i++) {
                before.commit(new Batch().put("k" + i, "v".getBytes(StandardCharsets.UTF_8)));
            }
        }
        try (one) {
            one.start();
            await("lead").atMost(20, TimeUnit.SECONDS).until(one::leads);
            assertThat(one.get("k4")).contains("v");
            CommitResult result = one.put("k5", "v");
            assertThat(result).isInstanceOf(CommitResult.Committed.class);
            assertThat(((CommitResult.Committed) result).version()).isGreaterThan(5);
        }
    }

    @Test
    void p10AStoreWhoseLogWasLostNeitherJoinsNorBeginsWhereOthersAreToBeJoined() {
        TestServer one = new TestServer("one", folder, TestPeers.nobody());
        try (EmbeddedStore before = EmbeddedStore.open(one.data.resolve("store"), true, Duration.ofSeconds(5))) {
            before.commit(new Batch().put("k", "v".getBytes(StandardCharsets.UTF_8)));
        }
        try (one) {
            one.joining().start();
            await("the reason")
                    .atMost(20, TimeUnit.SECONDS)
                    .until(() -> one.group().trouble().orElse("").contains("no Raft log"));
            assertThat(one.group().clusterId()).isEmpty();
            assertThat(one.get("k")).contains("v");
        }
    }
}
