package io.dkron.connectors.adapter;

import io.dkron.connectors.backends.Backends;
import io.dkron.core.store.Connector;
import io.dkron.core.store.StoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Finds the connector of a backend by name. This is the only place that knows where connectors come from: those beside the
 * adapter in its archive, by the loader that loaded the adapter, and those with a client of their own, each by a loader of
 * its own.
 */
final class ConnectorLoader {
    private final ClassLoader loader;
    private final Supplier<Backends> backends;

    /** @param backends those with clients of their own */
    ConnectorLoader(ClassLoader loader, Supplier<Backends> backends) {
        this.loader = loader;
        this.backends = backends;
    }

    /**
     * @param folder where a connector's libraries may be unpacked
     * @throws StoreException when no connector has that name, naming those there are, or when it cannot be loaded
     */
    Connector find(String backend, Path folder) {
        List<Connector> connectors = ServiceLoader.load(Connector.class, loader).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        return connectors.stream()
                .filter(connector -> connector.names().contains(backend))
                .findFirst()
                .or(() -> backends.get().load(backend, folder))
                .orElseThrow(() -> new StoreException("backend " + backend + ": not one of " + names(connectors)));
    }

    private String names(List<Connector> connectors) {
        TreeSet<String> names = new TreeSet<>(backends.get().names());
        connectors.forEach(connector -> names.addAll(connector.names()));
        return String.join(", ", names);
    }
}
