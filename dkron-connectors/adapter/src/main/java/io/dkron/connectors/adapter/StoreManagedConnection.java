package io.dkron.connectors.adapter;

import jakarta.resource.NotSupportedException;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.LocalTransaction;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionMetaData;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.Subject;
import javax.transaction.xa.XAResource;

/** What the container pools. */
public class StoreManagedConnection implements ManagedConnection {
    private final List<ConnectionEventListener> listeners = new ArrayList<>();
    private PrintWriter log;

    @Override
    public Object getConnection(Subject s, ConnectionRequestInfo i) {
        return new StoreHandle(this);
    }

    void closed(StoreHandle h) {
        ConnectionEvent e = new ConnectionEvent(this, ConnectionEvent.CONNECTION_CLOSED);
        e.setConnectionHandle(h);
        listeners.forEach(l -> l.connectionClosed(e));
    }

    @Override
    public void destroy() {}

    @Override
    public void cleanup() {}

    @Override
    public void associateConnection(Object c) {}

    @Override
    public void addConnectionEventListener(ConnectionEventListener l) {
        listeners.add(l);
    }

    @Override
    public void removeConnectionEventListener(ConnectionEventListener l) {
        listeners.remove(l);
    }

    @Override
    public XAResource getXAResource() throws NotSupportedException {
        throw new NotSupportedException("no transactions");
    }

    @Override
    public LocalTransaction getLocalTransaction() throws NotSupportedException {
        throw new NotSupportedException("no transactions");
    }

    @Override
    public ManagedConnectionMetaData getMetaData() throws NotSupportedException {
        throw new NotSupportedException("none");
    }

    @Override
    public void setLogWriter(PrintWriter w) {
        log = w;
    }

    @Override
    public PrintWriter getLogWriter() {
        return log;
    }
}
