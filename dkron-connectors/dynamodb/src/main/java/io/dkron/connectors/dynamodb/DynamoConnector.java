package io.dkron.connectors.dynamodb;

import io.dkron.core.store.Connector;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreRequest;
import java.util.Set;

/** A table of Amazon DynamoDB, or of a service that speaks its protocol. */
public final class DynamoConnector implements Connector {
    @Override
    public Set<String> names() {
        return Set.of("dynamodb");
    }

    /** No machine is AWS itself; one is the URL of another endpoint. Tables that are absent are created. */
    @Override
    public StoreClient open(StoreRequest request) {
        return DynamoStore.open(request);
    }
}
