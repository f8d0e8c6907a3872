package io.dkron.connectors.embedded;

import io.dkron.core.store.Connector;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreRequest;
import java.nio.file.Path;
import java.util.Set;

/** The default backend. {@code boltdb} is what Dkron 1.x calls a file of one node. */
public final class EmbeddedConnector implements Connector {
    @Override
    public Set<String> names() {
        return Set.of("embedded", "boltdb");
    }

    /** The store is the folder {@code store} of the data directory. */
    @Override
    public StoreClient open(StoreRequest request) {
        return EmbeddedStore.open(Path.of(request.dataDir(), "store"), request.fsync(), request.timeout());
    }
}
