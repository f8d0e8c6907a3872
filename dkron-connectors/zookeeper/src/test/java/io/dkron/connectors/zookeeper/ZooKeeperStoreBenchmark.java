package io.dkron.connectors.zookeeper;

import io.dkron.core.store.StoreBenchmark;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;

/** Against the client with one multi of creations. */
class ZooKeeperStoreBenchmark extends StoreBenchmark {
    @Override
    protected String backend() {
        return "zk";
    }

    @Override
    protected Optional<StoreServer> server() {
        return Optional.of(ZooKeeperServer.plain());
    }

    @Override
    protected StoreClient open(String machine) {
        return new ZooKeeperConnector().open(StoreRequest.of("zk", List.of(machine), "dkron", Duration.ofSeconds(10)));
    }

    @Override
    protected Step plain(String machine) throws Exception {
        Raw raw = new Raw(machine);
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
