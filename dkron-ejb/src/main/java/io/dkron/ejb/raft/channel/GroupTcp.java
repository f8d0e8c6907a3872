package io.dkron.ejb.raft.channel;

import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jgroups.Address;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCP;

/**
 * The servers' connections. JGroups sends to all from one thread, which waits for each connection that does not come about:
 * while one server is cut off, each message to it holds up those to the others, elections among them, for half a second.
 * Here one that did not answer is not tried again for a while. What is not sent is lost, as on any network, and repeated by
 * who needs it.
 */
public final class GroupTcp extends TCP {
    /** How long a connection may take. */
    private static final int CONNECT_MILLIS = 500;

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private final Map<Address, Long> failedAt = new ConcurrentHashMap<>();

    /** Bound to exactly that address and port. */
    public GroupTcp(InetAddress bind, int port) {
        this(bind, port, System::nanoTime);
    }

    GroupTcp(InetAddress bind, int port, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        setId(ClassConfigurator.getProtocolId(TCP.class));
        setBindAddress(bind).setBindPort(port).setPortRange(0);
        enableSuspectEvents(true).setSockConnTimeout(CONNECT_MILLIS).tcpNodelay(true);
        // A server that was stopped must not hold up what is sent to the others.
        nonBlockingSends(true);
        logDetails(false);
    }

    /** Where others reach this server, if that is not where it listens. */
    public GroupTcp told(InetAddress address, int port) {
        setExternalAddr(address).setExternalPort(port);
        return this;
    }

    @Override
    public void send(Address dest, byte[] data, int offset, int length) throws Exception {
        if (srv != null && dest != null && !srv.connectionEstablishedTo(dest)) {
            connect(dest, data, offset, length);
        } else {
            super.send(dest, data, offset, length);
        }
    }

    private void connect(Address dest, byte[] data, int offset, int length) throws Exception {
        Long failed = failedAt.get(dest);
        if (failed != null && nanoTime.getAsLong() - failed < PAUSE_NANOS) {
            return;
        }
        try {
            super.send(dest, data, offset, length);
            failedAt.remove(dest);
        } catch (SocketTimeoutException e) {
            failedAt.put(dest, nanoTime.getAsLong());
            throw e;
        }
    }
}
