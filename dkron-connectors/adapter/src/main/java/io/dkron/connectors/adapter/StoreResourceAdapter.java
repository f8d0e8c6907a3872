package io.dkron.connectors.adapter;

import io.dkron.connectors.backends.Backends;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import jakarta.resource.NotSupportedException;
import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.BootstrapContext;
import jakarta.resource.spi.Connector;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.TransactionSupport;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import javax.transaction.xa.XAResource;

/** Starts and stops with the application, and owns the clients of all backends in use. */
@Connector(
        displayName = "Dkron store",
        vendorName = "Dkron",
        eisType = "Key-value store",
        version = "1.0",
        transactionSupport = TransactionSupport.TransactionSupportLevel.NoTransaction)
public class StoreResourceAdapter implements ResourceAdapter {
    private volatile SharedClients clients;

    @Override
    public void start(BootstrapContext context) {
        clients = new SharedClients(new ConnectorLoader(StoreResourceAdapter.class.getClassLoader(), Backends::packed));
    }

    @Override
    public void stop() {
        SharedClients running = clients;
        if (running != null) {
            running.close();
        }
    }

    StoreClient client(StoreRequest request) {
        SharedClients running = clients;
        if (running == null) {
            throw new StoreException("store " + request.backend() + ": the resource adapter is not started");
        }
        return running.of(request);
    }

    @Override
    public void endpointActivation(MessageEndpointFactory factory, ActivationSpec spec) throws NotSupportedException {
        throw new NotSupportedException("a store sends no messages");
    }

    @Override
    public void endpointDeactivation(MessageEndpointFactory factory, ActivationSpec spec) {
        // none was ever activated
    }

    @Override
    public XAResource[] getXAResources(ActivationSpec[] specs) {
        return new XAResource[0];
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
