package io.dkron.connectors.consul;

import io.dkron.core.store.Connector;
import io.dkron.core.store.GuardedServer;
import io.dkron.core.store.ServerProcess;
import io.dkron.core.store.StoreFaultContract;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreServer;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

class ConsulStoreFaultTest extends StoreFaultContract {
    @Override
    protected StoreServer newServer() {
        Assumptions.assumeTrue(ServerProcess.running("CONSUL").isEmpty(), "DKRON_TEST_CONSUL cannot be killed");
        return new ConsulServer();
    }

    @Override
    protected Connector connector() {
        return new ConsulConnector();
    }

    @Override
    protected StoreRequest request(List<String> machines, String keyspace) {
        return ConsulServer.request(machines, keyspace, "", TIMEOUT);
    }

    @Override
    protected GuardedServer guarded() throws Exception {
        return new ConsulServers().guarded();
    }
}
