package io.dkron.connectors.dynamodb;

import io.dkron.core.store.Connector;
import io.dkron.core.store.GuardedServer;
import io.dkron.core.store.StoreFaultContract;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreServer;
import java.util.List;

class DynamoStoreFaultTest extends StoreFaultContract {
    @Override
    protected StoreServer newServer() {
        return new MotoServer();
    }

    @Override
    protected Connector connector() {
        return new DynamoConnector();
    }

    @Override
    protected StoreRequest request(List<String> machines, String keyspace) {
        return Requests.of(machines, keyspace, TIMEOUT);
    }

    @Override
    protected boolean takesManyMachines() {
        return false;
    }

    @Override
    protected boolean settlesByRepeating() {
        return true;
    }

    @Override
    protected GuardedServer guarded() throws Exception {
        return new DynamoServers().guarded();
    }
}
