package io.dkron.connectors.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dkron.core.store.GuardedServer;
import io.dkron.core.store.StoreServer;
import io.dkron.core.store.StoreServerSource;

/** Servers of this backend, as it is installed. */
public final class ZooKeeperServers implements StoreServerSource {
    @Override
    public String backend() {
        return "zk";
    }

    @Override
    public StoreServer create() {
        return ZooKeeperServer.plain();
    }

    /** ZooKeeper lets everybody in; who comes first owns the nodes. A quota refuses what makes them more or larger. */
    @Override
    public GuardedServer guarded() {
        ZooKeeperServer server = new ZooKeeperServer("zookeeper-guarded", true, "enforceQuota=true");
        server.start();
        return new GuardedServer(
                server,
                new GuardedServer.Login("dkron", "right-secret"),
                new GuardedServer.Login("dkron", "other-word"),
                () -> quota(server, 1),
                () -> quota(server, -1));
    }

    /** As {@code setquota -B} of ZooKeeper's shell, on each keyspace there is; -1 for none. */
    private static void quota(ZooKeeperServer server, int bytes) throws Exception {
        try (Raw raw = new Raw(server.machine())) {
            for (String keyspace : raw.zookeeper().getChildren("/", false)) {
                if (!keyspace.equals("zookeeper")) {
                    String path = "/zookeeper/quota/" + keyspace;
                    raw.put(path + "/zookeeper_stats", "count=0,bytes=0".getBytes(UTF_8));
                    raw.put(
                            path + "/zookeeper_limits",
                            ("count=-1,bytes=-1;byteHardLimit=" + bytes + ";countHardLimit=-1").getBytes(UTF_8));
                }
            }
        }
    }
}
