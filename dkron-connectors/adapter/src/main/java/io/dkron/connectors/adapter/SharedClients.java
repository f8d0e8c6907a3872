package io.dkron.connectors.adapter;

import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One open client for each equal request, opened on first use and closed together. Safe for use by many threads. */
final class SharedClients implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SharedClients.class.getName());

    private final ConnectorLoader connectors;
    private final Map<StoreRequest, StoreClient> open = new ConcurrentHashMap<>();
    private final List<StoreClient> inOrder = new ArrayList<>();
    private boolean closed;

    SharedClients(ConnectorLoader connectors) {
        this.connectors = connectors;
    }

    /** @throws StoreException when it cannot be opened; the next call tries again */
    StoreClient of(StoreRequest request) {
        StoreClient client = open.get(request);
        return client != null ? client : opened(request);
    }

    private synchronized StoreClient opened(StoreRequest request) {
        if (closed) {
            throw new StoreException("store " + request.backend() + ": the server stops");
        }
        return open.computeIfAbsent(request, wanted -> {
            StoreClient client = connectors
                    .find(wanted.backend(), Path.of(wanted.dataDir(), "backends"))
                    .open(wanted);
            inOrder.add(client);
            return client;
        });
    }

    @Override
    public synchronized void close() {
        closed = true;
        Collections.reverse(inOrder);
        for (StoreClient client : inOrder) {
            try {
                client.close();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "store client not closed cleanly", e);
            }
        }
        inOrder.clear();
        open.clear();
    }
}
