package io.dkron.connectors.zookeeper;

import java.net.InetSocketAddress;
import java.util.Collection;
import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.HostProvider;
import org.apache.zookeeper.client.StaticHostProvider;
import org.apache.zookeeper.client.ZKClientConfig;

/**
 * The servers that a client tries, one after the other. The library rests for a second when all have failed, on top of the
 * up to one second before each try; where one server is all there is, that doubles the time without a store.
 */
final class Servers implements HostProvider {
    private static final long LONGEST_REST_MILLIS = 100;

    private final HostProvider all;

    private Servers(HostProvider all) {
        this.all = all;
    }

    /** Makes clients that try servers so. */
    static ZookeeperFactory factory(ZKClientConfig config) {
        return new ZookeeperFactory() {
            @Override
            public ZooKeeper newZooKeeper(
                    String connectString, int sessionTimeout, Watcher watcher, boolean canBeReadOnly) throws Exception {
                HostProvider servers =
                        new StaticHostProvider(new ConnectStringParser(connectString).getServerAddresses());
                return new ZooKeeper(
                        connectString, sessionTimeout, watcher, canBeReadOnly, new Servers(servers), config);
            }

            @Override
            public ZooKeeper newZooKeeper(
                    String connectString,
                    int sessionTimeout,
                    Watcher watcher,
                    boolean canBeReadOnly,
                    ZKClientConfig same)
                    throws Exception {
                return newZooKeeper(connectString, sessionTimeout, watcher, canBeReadOnly);
            }
        };
    }

    @Override
    public int size() {
        return all.size();
    }

    @Override
    public InetSocketAddress next(long restMillis) {
        return all.next(Math.min(restMillis, LONGEST_REST_MILLIS));
    }

    @Override
    public void onConnected() {
        all.onConnected();
    }

    @Override
    public boolean updateServerList(Collection<InetSocketAddress> servers, InetSocketAddress current) {
        return all.updateServerList(servers, current);
    }
}
