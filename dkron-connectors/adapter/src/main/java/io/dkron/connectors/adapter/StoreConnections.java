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
    private transient Reference reference;

    StoreConnections(StoreManagedConnectionFactory factory, ConnectionManager manager) {
        this.factory = factory;
        this.manager = manager;
    }

    /**
     * Opens the shared client only after the container gave the connection, so that a store that is away answers with its own
     * words, and the container neither logs nor wraps it.
     */
    @Override
    public StoreConnection connect(StoreRequest request) {
        StoreHandle handle = allocated(request);
        try {
            handle.client();
            return handle;
        } catch (RuntimeException e) {
            handle.close();
            throw e;
        }
    }

    private StoreHandle allocated(StoreRequest request) {
        try {
            return (StoreHandle) manager.allocateConnection(factory, new RequestInfo(request));
        } catch (ResourceException e) {
            throw new StoreException(
                    "store " + request.backend() + ": no connection from the container (" + e.getMessage() + ")", e);
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
