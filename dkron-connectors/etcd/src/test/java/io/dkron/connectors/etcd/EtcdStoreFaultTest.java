package io.dkron.connectors.etcd;

import io.dkron.core.store.Connector;
import io.dkron.core.store.GuardedServer;
import io.dkron.core.store.ServerProcess;
import io.dkron.core.store.StoreFaultContract;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreServer;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

class EtcdStoreFaultTest extends StoreFaultContract {
    @Override
    protected StoreServer newServer() {
        Assumptions.assumeTrue(ServerProcess.running("ETCD").isEmpty(), "DKRON_TEST_ETCD cannot be killed");
        return new EtcdServer();
    }

    @Override
    protected Connector connector() {
        return new EtcdConnector();
    }

    @Override
    protected StoreRequest request(List<String> machines, String keyspace) {
        return EtcdServer.request(machines, keyspace, TIMEOUT);
    }

    @Override
    protected GuardedServer guarded() throws Exception {
        return new EtcdServers().guarded();
    }
}
