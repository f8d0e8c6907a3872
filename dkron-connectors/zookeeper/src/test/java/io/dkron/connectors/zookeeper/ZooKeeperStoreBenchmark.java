package io.dkron.connectors.zookeeper;

import io.dkron.core.store.StoreBenchmark;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Against the client with one multi of creations. */
class ZooKeeperStoreBenchmark extends StoreBenchmark {
    private static final ZooKeeperServer SERVER = ZooKeeperServer.plain();

    @BeforeAll
    static void start() {
        SERVER.start();
    }

    @AfterAll
    static void end() {
        SERVER.close();
    }

    @Override
    protected String backend() {
        return "zk";
    }

    @Override
    protected StoreClient open() {
        return new ZooKeeperConnector()
                .open(StoreRequest.of("zk", List.of(SERVER.machine()), "dkron", Duration.ofSeconds(10)));
    }

    @Override
    protected Step plain() throws Exception {
        Raw raw = new Raw(SERVER.machine());
        raw.put("/plain", new byte[0]);
        return new Step() {
            @Override
            public void put(Map<String, byte[]> records) throws Exception {
                List<Op> operations = new ArrayList<>();
                records.forEach((key, value) -> operations.add(
                        Op.create("/plain/" + key, value, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT)));
                raw.zookeeper().multi(operations);
            }

            @Override
            public void close() throws Exception {
                raw.close();
            }
        };
    }
}
