package io.dkron.connectors.adapter;

import io.dkron.core.store.StoreConnection;
import io.dkron.core.store.StoreConnectionFactory;
import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionDefinition;
import jakarta.resource.spi.ConnectionManager;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.ResourceAdapterAssociation;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.Subject;

/** Makes and matches connections for the container's pool. Has no settings: the request carries them. */
@ConnectionDefinition(
        connectionFactory = StoreConnectionFactory.class,
        connectionFactoryImpl = StoreConnections.class,
        connection = StoreConnection.class,
        connectionImpl = StoreHandle.class)
public class StoreManagedConnectionFactory implements ManagedConnectionFactory, ResourceAdapterAssociation {
    private static final long serialVersionUID = 1L;

    private transient StoreResourceAdapter adapter;
    private transient PrintWriter log;

    @Override
    public Object createConnectionFactory(ConnectionManager manager) {
        return new StoreConnections(this, manager);
    }

    @Override
    public Object createConnectionFactory() throws ResourceException {
        throw new NotSupportedException("the store is reached through a container's connection manager only");
    }

    @Override
    public ManagedConnection createManagedConnection(Subject subject, ConnectionRequestInfo info)
            throws ResourceException {
        if (info instanceof RequestInfo wanted) {
            return new StoreManagedConnection(adapter, wanted);
        }
        throw new ResourceException("a store connection needs a request that says which store");
    }

    @Override
    @SuppressWarnings("rawtypes") // as the interface has it
    public ManagedConnection matchManagedConnections(Set candidates, Subject subject, ConnectionRequestInfo info) {
        for (Object candidate : candidates) {
            if (candidate instanceof StoreManagedConnection connection && connection.serves(info)) {
                return connection;
            }
        }
        return null; // the interface's word for none
    }

    @Override
    public ResourceAdapter getResourceAdapter() {
        return adapter;
    }

    @Override
    public void setResourceAdapter(ResourceAdapter owner) throws ResourceException {
        adapter = Optional.of(owner)
                .filter(StoreResourceAdapter.class::isInstance)
                .map(StoreResourceAdapter.class::cast)
                .orElseThrow(() -> new ResourceException("not the adapter of this factory: " + owner));
    }

    @Override
    public void setLogWriter(PrintWriter out) {
        log = out;
    }

    @Override
    public PrintWriter getLogWriter() {
        return log;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StoreManagedConnectionFactory that && that.adapter == adapter;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(adapter);
    }
}
