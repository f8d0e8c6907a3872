package io.dkron.connectors.backends;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Connector;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Page;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreRequest;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Calls a connector with the context class loader that its libraries expect: they look up services by it, and would find
 * those of the server.
 */
record Contextual(Connector connector, ClassLoader loader) implements Connector {
    @Override
    public Set<String> names() {
        return connector.names();
    }

    @Override
    public StoreClient open(StoreRequest request) {
        return new Client(within(loader, () -> connector.open(request)), loader);
    }

    private static <T> T within(ClassLoader loader, Supplier<T> call) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return call.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private record Client(StoreClient client, ClassLoader loader) implements StoreClient {
        @Override
        public Optional<Entry> get(String key) {
            return within(loader, () -> client.get(key));
        }

        @Override
        public Page list(String prefix, String after, int limit) {
            return within(loader, () -> client.list(prefix, after, limit));
        }

        @Override
        public CommitResult commit(Batch batch) {
            return within(loader, () -> client.commit(batch));
        }

        @Override
        public Health health() {
            return within(loader, client::health);
        }

        @Override
        public Limits limits() {
            return within(loader, client::limits);
        }

        @Override
        public void close() {
            within(loader, () -> {
                client.close();
                return true;
            });
        }
    }
}
