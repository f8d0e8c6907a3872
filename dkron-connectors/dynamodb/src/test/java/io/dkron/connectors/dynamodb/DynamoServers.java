package io.dkron.connectors.dynamodb;

import io.dkron.core.store.StoreServer;
import io.dkron.core.store.StoreServerSource;
import java.util.List;

/** Servers of this backend, as it is installed. */
public final class DynamoServers implements StoreServerSource {
    @Override
    public String backend() {
        return "dynamodb";
    }

    @Override
    public StoreServer create() {
        return new MotoServer();
    }

    @Override
    public List<String> flags() {
        return List.of("--backend-region=eu-west-1", "--backend-username=test", "--backend-password=test");
    }
}
