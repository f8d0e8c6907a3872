package io.dkron.connectors.adapter;

import io.dkron.core.store.Connector;
import io.dkron.core.store.StoreException;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;

/**
 * Finds the connector of a backend by name. This is the only place that knows where connectors come from: those beside the
 * adapter in its archive, by the loader that loaded the adapter. A backend whose client libraries must not meet others gets
 * a loader of its own here, with that loader as parent; it implements the same {@link Connector}.
 *
 * <p>The caller's context class loader stays as it is: client libraries that look up services need it.
 */
final class ConnectorLoader {
    private final ClassLoader loader;

    ConnectorLoader(ClassLoader loader) {
        this.loader = loader;
    }

    /** @throws StoreException when no connector has that name, naming those there are */
    Connector find(String backend) {
        List<Connector> connectors = ServiceLoader.load(Connector.class, loader).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        return connectors.stream()
                .filter(connector -> connector.names().contains(backend))
                .findFirst()
                .orElseThrow(() -> new StoreException("backend " + backend + ": not one of " + names(connectors)));
    }

    private static String names(List<Connector> connectors) {
        TreeSet<String> names = new TreeSet<>();
        connectors.forEach(connector -> names.addAll(connector.names()));
        return String.join(", ", names);
    }
}
