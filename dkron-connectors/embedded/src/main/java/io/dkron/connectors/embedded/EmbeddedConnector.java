package io.dkron.connectors.embedded;

import io.dkron.connectors.embedded.bolt.BoltStore;
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

    /**
     * The store is the folder {@code store} of the data directory. Without a data directory a machine is the file of a Dkron
     * 1.x, to be read only.
     */
    @Override
    public StoreClient open(StoreRequest request) {
        if (request.dataDir().isEmpty() && request.machines().size() == 1) {
            return BoltStore.open(Path.of(request.machines().get(0)), request.keyspace());
        }
        return EmbeddedStore.open(Path.of(request.dataDir(), "store"), request.fsync(), request.timeout());
    }
}
