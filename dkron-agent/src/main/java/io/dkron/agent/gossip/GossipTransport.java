package io.dkron.agent.gossip;

import java.net.ConnectException;
import java.net.InetAddress;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jgroups.Address;
import org.jgroups.PhysicalAddress;
import org.jgroups.blocks.cs.Connection;
import org.jgroups.protocols.TCP;
import org.jgroups.stack.IpAddress;

/**
 * JGroups' TCP for members that are known by their addresses, without views: it tells when a connection ended or was refused.
 *
 * <p>Sends on the caller's thread, hands up on the connection's thread: nothing waits for another member's connection.
 */
final class GossipTransport extends TCP {
    private static final int CONNECT_MILLIS = 1_000;
    private static final int IDLE_MILLIS = 60_000;
    private static final int LONGEST_MESSAGE = 64 << 20;
    /** JGroups' own, named by this class; not every way it logs can be set through JGroups. Held, for levels are. */
    private static final Logger CHATTER = Logger.getLogger(GossipTransport.class.getName());

    static {
        CHATTER.setLevel(Level.OFF); // broken connections are found and told by heartbeats, and are no errors
    }

    private final Listener listener;

    /** Hears of connections. Called on the transport's threads. */
    interface Listener {
        /** The other end is gone without a farewell. */
        void lost(Address address);

        /** The other machine answers, but nobody listens there. */
        void nobody(Address address);
    }

    GossipTransport(Listener listener, InetAddress bind, int port) {
        this.listener = listener;
        setId(org.jgroups.conf.ClassConfigurator.getProtocolId(TCP.class));
        setBindAddress(bind).setBindPort(port).setPortRange(0);
        setMessageProcessingPolicy("all-direct");
        setBundlerType("no-bundler");
        time_service_interval = 5_000; // only for the age of connections
        reaper_interval = IDLE_MILLIS / 2; // the ring changes as members come: former neighbours are let go
        conn_expire_time = IDLE_MILLIS;
        logical_addr_cache_reaper_interval = 0;
        useVirtualThreads(false);
        setSockConnTimeout(CONNECT_MILLIS).setMaxLength(LONGEST_MESSAGE).tcpNodelay(true);
        setBufferedInputStreamSize(4096).setBufferedOutputStreamSize(4096);
        logDetails(false);
    }

    /** No port for diagnostics. */
    @Override
    protected void startDiagnostics() {
        // nothing to start
    }

    void advertise(InetAddress address, int port) {
        setExternalAddr(address);
        setExternalPort(port);
    }

    /** Where others reach this node. */
    IpAddress address() {
        return (IpAddress) srv.localAddress();
    }

    boolean connectedTo(Address address) {
        return srv != null && srv.connectionEstablishedTo(address);
    }

    void hangUp(Address address) {
        if (srv != null) {
            srv.closeConnection(address, false);
        }
    }

    /** As the end of a process does. */
    void breakConnections() {
        connected = false;
        srv.clearConnections(false);
    }

    /** Members are addressed by what their lists say, which may be another name of the same machine. */
    @Override
    public boolean unicastDestMismatch(Address destination) {
        return !(destination instanceof PhysicalAddress) && super.unicastDestMismatch(destination);
    }

    @Override
    public void sendUnicast(PhysicalAddress destination, byte[] data, int offset, int length) throws Exception {
        try {
            super.sendUnicast(destination, data, offset, length);
        } catch (ConnectException e) {
            if (String.valueOf(e.getMessage()).contains("refused")) {
                listener.nobody(destination);
            }
            throw e;
        }
    }

    @Override
    public void connectionClosed(Connection connection) {
        if (connected && !connection.isClosedGracefully() && connection.peerAddress() != null) {
            listener.lost(connection.peerAddress());
        }
    }
}
