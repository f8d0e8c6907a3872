package io.dkron.connectors.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.store.Batch;
import io.dkron.core.store.ServerProcess;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreContract;
import io.dkron.core.store.StoreRequest;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three masters, asked at the one and the other that has not our slot. */
class RedisClusterTest extends StoreContract {
    private static final List<RedisServer> NODES = new ArrayList<>();
    private static final List<String> SLOTS = List.of("0 5460", "5461 10922", "10923 16383");

    private RedisStore store;

    @BeforeAll
    static void start() throws Exception {
        for (String slots : SLOTS) {
            int bus = ServerProcess.freePort();
            RedisServer node = RedisServer.plain("--cluster-enabled", "yes", "--cluster-port", "" + bus);
            NODES.add(node);
            node.start();
            node.ask("CLUSTER ADDSLOTSRANGE " + slots);
            NODES.get(0).ask("CLUSTER MEET 127.0.0.1 " + node.port() + " " + bus);
        }
        for (RedisServer node : NODES) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> node.ask("CLUSTER INFO").contains("cluster_state:ok"));
        }
    }

    @AfterAll
    static void end() {
        NODES.forEach(RedisServer::close);
        NODES.clear();
    }

    @BeforeEach
    void open() {
        NODES.forEach(node -> Raw.flush(node.machine()));
        store = RedisStore.open(request());
    }

    private static StoreRequest request() {
        int owner = owner();
        List<String> others = List.of(
                NODES.get((owner + 1) % NODES.size()).machine(),
                NODES.get((owner + 2) % NODES.size()).machine());
        return StoreRequest.of("redis", others, "dkron", Duration.ofSeconds(10));
    }

    private static int owner() {
        int slot = SlotHash.getSlot("{dkron}");
        return slot <= 5460 ? 0 : slot <= 10922 ? 1 : 2;
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    protected Store store() {
        return store;
    }

    @Override
    protected boolean reopen() {
        store.close();
        store = RedisStore.open(request());
        return true;
    }

    @Test
    void aHashTagKeepsAllKeysInOneSlot() {
        committed(new Batch().put("dkron/jobs/a", bytes("1")).put("dkron/executions/a/1", bytes("2")));
        List<String> keys = Raw.with(NODES.get(owner()).machine(), redis -> redis.keys("*"));
        assertThat(keys)
                .allMatch(key -> key.startsWith("{dkron}"))
                .contains("{dkron}/dkron/jobs/a", "{dkron}/dkron/executions/a/1");
    }

    @Test
    void aClusterWithoutReplicasIsSaidInHealth() {
        committed(new Batch().put("dkron/jobs/a", bytes("1")));
        assertThat(store.health().up()).isTrue();
        assertThat(store.health().detail()).contains("min-replicas-to-write", "no replica");
    }

    @Test
    void aSlotThatMovedIsFollowed() {
        long first = committed(new Batch().put("dkron/jobs/a", bytes("1")));
        RedisServer from = NODES.get(owner());
        RedisServer to = NODES.get((owner() + 1) % NODES.size());
        move(from, to);
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .until(() -> store.get("dkron/jobs/a").orElseThrow().version() == first);
            committed(new Batch().expect("dkron/jobs/a", first).put("dkron/jobs/a", bytes("2")));
        } finally {
            move(to, from);
        }
    }

    private static void move(RedisServer from, RedisServer to) {
        int slot = SlotHash.getSlot("{dkron}");
        String source = Raw.with(from.machine(), redis -> redis.clusterMyId());
        String target = Raw.with(to.machine(), redis -> redis.clusterMyId());
        Raw.with(to.machine(), redis -> redis.clusterSetSlotImporting(slot, source));
        Raw.with(from.machine(), redis -> {
            redis.clusterSetSlotMigrating(slot, target);
            redis.clusterGetKeysInSlot(slot, 1_000)
                    .forEach(key -> redis.migrate("127.0.0.1", to.port(), key, 0, 5_000));
            return "";
        });
        for (RedisServer node : List.of(to, from)) {
            Raw.with(node.machine(), redis -> redis.clusterSetSlotNode(slot, target));
        }
    }
}
