package io.dkron.connectors.adapter;

import io.dkron.core.store.StoreConnection;
import io.dkron.core.store.StoreConnectionFactory;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionDefinition;
import jakarta.resource.spi.ConnectionManager;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;
import java.io.PrintWriter;
import java.util.Set;
import javax.security.auth.Subject;

/** Makes connections for the container. */
@ConnectionDefinition(
        connectionFactory = StoreConnectionFactory.class,
        connectionFactoryImpl = StoreConnections.class,
        connection = StoreConnection.class,
        connectionImpl = StoreHandle.class)
public class StoreManagedConnectionFactory implements ManagedConnectionFactory {
    private static final long serialVersionUID = 1L;

    private transient PrintWriter log;

    @Override
    public Object createConnectionFactory(ConnectionManager manager) {
        return new StoreConnections(this, manager);
    }

    @Override
    public Object createConnectionFactory() throws ResourceException {
        throw new ResourceException("managed only");
    }

    @Override
    public ManagedConnection createManagedConnection(Subject subject, ConnectionRequestInfo info) {
        return new StoreManagedConnection();
    }

    @SuppressWarnings("rawtypes")
    @Override
    public ManagedConnection matchManagedConnections(Set set, Subject subject, ConnectionRequestInfo info) {
        return (ManagedConnection) set.iterator().next();
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
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
