package io.dkron.connectors.consul;

import io.dkron.core.store.Connector;
import io.dkron.core.store.ServerProcess;
import io.dkron.core.store.StoreFaultContract;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreServer;
import java.util.List;
import java.util.Optional;
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
    protected Optional<Guarded> guarded(String keyspace) {
        ConsulServer server = ConsulServer.guarded();
        server.start();
        return Optional.of(new Guarded(
                server,
                ConsulServer.request(List.of(server.machine()), keyspace, ConsulServer.MASTER_TOKEN, TIMEOUT),
                ConsulServer.request(
                        List.of(server.machine()), keyspace, "99999999-2222-3333-4444-555555555555", TIMEOUT)));
    }
}
