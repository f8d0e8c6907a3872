package io.dkron.connectors.adapter;

import io.dkron.core.store.StoreConnection;
import io.dkron.core.store.StoreConnectionFactory;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import jakarta.resource.Referenceable;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionManager;
import javax.naming.Reference;

/** What servers find under {@code jca/dkron-store}. */
public class StoreConnections implements StoreConnectionFactory, Referenceable {
    private static final long serialVersionUID = 1L;

    private final transient StoreManagedConnectionFactory factory;
    private final transient ConnectionManager manager;
    private Reference reference;

    StoreConnections(StoreManagedConnectionFactory factory, ConnectionManager manager) {
        this.factory = factory;
        this.manager = manager;
    }

    @Override
    public StoreConnection connect(StoreRequest request) {
        try {
            return (StoreConnection) manager.allocateConnection(factory, null);
        } catch (ResourceException e) {
            throw new StoreException("store " + request.backend() + " cannot be opened: " + e.getMessage(), e);
        }
    }

    @Override
    public void setReference(Reference reference) {
        this.reference = reference;
    }

    @Override
    public Reference getReference() {
        return reference;
    }
}
