package io.dkron.connectors.adapter;

import io.dkron.core.store.StoreClient;
import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.LocalTransaction;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionMetaData;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.security.auth.Subject;
import javax.transaction.xa.XAResource;

/**
 * What the container pools: which store, and the handles that are out. The client behind is shared by all and mends itself,
 * so there is nothing to throw away after a failure, and none is reported to the pool.
 */
public class StoreManagedConnection implements ManagedConnection {
    private final StoreResourceAdapter adapter;
    private final RequestInfo info;
    private final Set<StoreHandle> handles = ConcurrentHashMap.newKeySet();
    private final List<ConnectionEventListener> listeners = new CopyOnWriteArrayList<>();
    private PrintWriter log;

    StoreManagedConnection(StoreResourceAdapter adapter, RequestInfo info) {
        this.adapter = adapter;
        this.info = info;
    }

    boolean serves(ConnectionRequestInfo wanted) {
        return info.equals(wanted);
    }

    /** The shared client, opened at the first call. */
    StoreClient client() {
        return adapter.client(info.request());
    }

    @Override
    public Object getConnection(Subject subject, ConnectionRequestInfo wanted) {
        StoreHandle handle = new StoreHandle(this);
        handles.add(handle);
        return handle;
    }

    /** A user closed its handle: the pool may have this connection back. */
    void closed(StoreHandle handle) {
        if (handles.remove(handle)) {
            ConnectionEvent event = new ConnectionEvent(this, ConnectionEvent.CONNECTION_CLOSED);
            event.setConnectionHandle(handle);
            listeners.forEach(listener -> listener.connectionClosed(event));
        }
    }

    void moved(StoreHandle handle) {
        handles.remove(handle);
    }

    @Override
    public void associateConnection(Object connection) throws ResourceException {
        if (!(connection instanceof StoreHandle handle)) {
            throw new ResourceException("not a handle of this adapter: " + connection);
        }
        handle.moveTo(this);
        handles.add(handle);
    }

    @Override
    public void cleanup() {
        handles.forEach(StoreHandle::invalidate);
        handles.clear();
    }

    @Override
    public void destroy() {
        cleanup();
    }

    @Override
    public void addConnectionEventListener(ConnectionEventListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeConnectionEventListener(ConnectionEventListener listener) {
        listeners.remove(listener);
    }

    @Override
    public XAResource getXAResource() throws NotSupportedException {
        throw new NotSupportedException("a batch is the only transaction of a store");
    }

    @Override
    public LocalTransaction getLocalTransaction() throws NotSupportedException {
        throw new NotSupportedException("a batch is the only transaction of a store");
    }

    @Override
    public ManagedConnectionMetaData getMetaData() {
        return new MetaData(info.request().backend(), info.request().username());
    }

    @Override
    public void setLogWriter(PrintWriter out) {
        log = out;
    }

    @Override
    public PrintWriter getLogWriter() {
        return log;
    }

    private record MetaData(String backend, String user) implements ManagedConnectionMetaData {
        @Override
        public String getEISProductName() {
            return "Dkron store " + backend;
        }

        @Override
        public String getEISProductVersion() {
            return "1.0";
        }

        @Override
        public int getMaxConnections() {
            return 0; // no limit
        }

        @Override
        public String getUserName() {
            return user;
        }
    }
}
