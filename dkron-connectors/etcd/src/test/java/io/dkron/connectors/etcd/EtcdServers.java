package io.dkron.connectors.etcd;

import io.dkron.core.store.GuardedServer;
import io.dkron.core.store.StoreServer;
import io.dkron.core.store.StoreServerSource;

/** Servers of this backend, as it is installed. */
public final class EtcdServers implements StoreServerSource {
    @Override
    public String backend() {
        return "etcd";
    }

    @Override
    public StoreServer create() {
        return new EtcdServer();
    }

    /** Its alarm of a full database is what refuses writes. */
    @Override
    public GuardedServer guarded() throws Exception {
        EtcdServer server = new EtcdServer();
        server.start();
        Users.require(server, "root", "root's");
        return new GuardedServer(
                server,
                new GuardedServer.Login("root", "root's"),
                new GuardedServer.Login("root", "not-root's"),
                () -> Users.alarm(server, "ACTIVATE", "root", "root's"),
                () -> Users.alarm(server, "DEACTIVATE", "root", "root's"));
    }
}
