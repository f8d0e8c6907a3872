package io.dkron.connectors.zookeeper;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** What another program does with a server. */
final class Raw implements AutoCloseable {
    private final ZooKeeper zookeeper;

    Raw(String machine) throws IOException, InterruptedException {
        CountDownLatch connected = new CountDownLatch(1);
        zookeeper = new ZooKeeper(machine, 10_000, event -> connected.countDown());
        if (!connected.await(20, TimeUnit.SECONDS)) {
            throw new IOException(machine + " does not answer");
        }
    }

    ZooKeeper zookeeper() {
        return zookeeper;
    }

    void removeAll() throws InterruptedException, KeeperException {
        for (String child : zookeeper.getChildren("/", false)) {
            if (!child.equals("zookeeper")) {
                ZKUtil.deleteRecursive(zookeeper, "/" + child);
            }
        }
    }

    /** Makes a node, and those above it, as Dkron 1.x does. */
    void put(String path, byte[] value) throws InterruptedException, KeeperException {
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            if (zookeeper.exists(path.substring(0, slash), false) == null) {
                create(path.substring(0, slash), new byte[0]);
            }
        }
        if (zookeeper.exists(path, false) == null) {
            create(path, value);
        } else {
            zookeeper.setData(path, value, -1);
        }
    }

    private void create(String path, byte[] value) throws InterruptedException, KeeperException {
        zookeeper.create(path, value, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }

    @Override
    public void close() throws InterruptedException {
        zookeeper.close();
    }
}
