package io.dkron.agent.gossip;

import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jgroups.JChannel;
import org.jgroups.protocols.TP;
import org.jgroups.stack.IpAddress;

/**
 * The cluster over the network: one TCP port, one JGroups channel without views. Members know each other by lists that they
 * compare and by news that they pass on; what costs work grows with the members, never with their square. See
 * {@link MemberTable} for what counts, {@link Ring} for who talks to whom, {@link Heartbeats} for how failures are found.
 *
 * <p>Order of calls: {@link #start}, then as wanted; {@link #leaving} before a leave; {@link #close} at the end.
 */
public final class Gossip implements Peers, AutoCloseable {
    private static final String CHANNEL = "dkron-gossip";
    private static final long CALL_SECONDS = 10;
    private static final long FAREWELL_MILLIS = 500;

    private final Conversation conversation;
    private final Watchers watchers = new Watchers();
    private final JChannel channel;
    private final GossipTransport transport;
    private final Post post;
    private volatile Picture picture;
    private volatile boolean closed;

    /** What is known, at one moment. */
    record Picture(Peer self, List<Peer> all, Optional<Lead> lead, Optional<String> cluster, boolean joined) {}

    /** What became of a wish to forget a member. */
    public enum Forgotten {
        /** All members forget it. */
        DONE,
        /** No member has that name. */
        UNKNOWN,
        /** It is alive: only failed and left members can be forgotten. */
        ALIVE
    }

    private Gossip(GossipConfig config, Peer self, Optional<IpAddress> advertise, GossipHost host) throws IOException {
        this.transport = new GossipTransport(new Connections(), config.bind(), config.bindPort());
        advertise.ifPresent(a -> transport.advertise(a.getIpAddress(), a.getPort()));
        try {
            this.channel = new JChannel(transport, config.encryption().protocol("gossip", this::refusedByKey));
        } catch (Exception e) {
            throw new IOException("gossip could not be set up: " + e.getMessage(), e);
        }
        this.post = new Post(channel, transport);
        try {
            channel.name(self.member().name());
            channel.setReceiver(new Inbox(this::received));
            channel.connect(CHANNEL);
        } catch (Exception e) {
            channel.close();
            throw new IOException(
                    "gossip could not listen on " + config.bind().getHostAddress() + ":" + config.bindPort() + ": "
                            + rootOf(e) + "; choose another --bind-addr",
                    e);
        }
        Peer known = withAddress(self, transport.address());
        this.picture = new Picture(
                known,
                List.of(known),
                Optional.empty(),
                known.clusterId(),
                config.join().isEmpty());
        this.conversation = new Conversation(config, known, post, transport, host, watchers, this::publish);
    }

    /**
     * Binds the port, and joins in the background. Returns at once, whether others are there or not.
     *
     * @param self this node; a port 0 is replaced by the one that was bound, its address is what others are told
     * @param host told of what ends this node, and of members that are forgotten
     * @throws IOException when the port cannot be bound
     */
    public static Gossip start(GossipConfig config, Peer self, GossipHost host) throws IOException {
        Member member = self.member();
        IpAddress told = new IpAddress(java.net.InetAddress.getByName(member.address()), member.port());
        boolean asBound = told.getIpAddress().equals(config.bind())
                && (told.getPort() == 0 || told.getPort() == config.bindPort());
        Gossip gossip = new Gossip(config, self, asBound ? Optional.empty() : Optional.of(told), host);
        gossip.conversation.start();
        return gossip;
    }

    private static String rootOf(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    private static Peer withAddress(Peer peer, IpAddress address) {
        Member m = peer.member();
        return peer.with(new Member(
                m.id(),
                m.name(),
                address.getIpAddress().getHostAddress(),
                address.getPort(),
                m.rpcPort(),
                m.server(),
                m.tags(),
                MemberStatus.ALIVE,
                m.journalId()));
    }

    private void received(IpAddress from, byte[] bytes, int offset, int length) {
        Conversation current = conversation;
        if (current != null) { // null for what comes before the constructor ended: the sender tries again
            current.received(from, bytes, offset, length);
        }
    }

    private void refusedByKey(org.jgroups.Address from, String reason) {
        if (conversation != null && from instanceof IpAddress ip) {
            conversation.refusedByKey(ip, reason);
        }
    }

    Conversation conversation() {
        return conversation;
    }

    /** The transport's news, for a conversation that may not exist yet. */
    private final class Connections implements GossipTransport.Listener {
        @Override
        public void lost(org.jgroups.Address address) {
            if (conversation != null && address instanceof IpAddress ip) {
                conversation.connectionLost(ip);
            }
        }

        @Override
        public void nobody(org.jgroups.Address address) {
            if (conversation != null && address instanceof IpAddress ip) {
                conversation.nobodyAt(ip);
            }
        }
    }

    private void publish(Picture newPicture) {
        picture = newPicture;
        watchers.changed();
    }

    @Override
    public Peer self() {
        return picture.self();
    }

    @Override
    public List<Peer> all() {
        return picture.all();
    }

    @Override
    public Optional<Lead> lead() {
        return picture.lead();
    }

    /** The cluster that this node goes by: its own or, having none, that of the members it joined. */
    public Optional<String> cluster() {
        return picture.cluster();
    }

    /** Whether this node met others, or has nobody to join. */
    public boolean joined() {
        return picture.joined();
    }

    @Override
    public void update(UnaryOperator<Peer> change) {
        call(() -> {
            conversation.say(entry -> Entry.withStatus(change.apply(entry.peer()), entry.status()), Optional.empty());
            return true;
        });
    }

    @Override
    public void claim(Optional<Lead> lead) {
        Optional<Fence> fence = lead.map(Lead::fence);
        conversation.run(() -> conversation.claim(fence)); // the engine's thread must not wait for gossip
    }

    @Override
    public AutoCloseable onChange(Runnable callback) {
        return watchers.add(callback);
    }

    /** Tells the others that this node is about to leave: it takes no new work. */
    public void leaving() {
        conversation.run(() ->
                conversation.say(entry -> Entry.withStatus(entry.peer(), MemberStatus.LEAVING), Optional.empty()));
    }

    /** Makes all members forget a member that failed or left. */
    public Forgotten forget(String name) {
        return call(() -> conversation.forget(name));
    }

    private <T> T call(Callable<T> task) {
        try {
            return conversation.submit(task).get(CALL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while gossip was busy", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "gossip could not do it: " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("gossip did not answer within " + CALL_SECONDS + " s", e);
        }
    }

    /** Says that this node left, and ends. A second call does nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            conversation.farewell();
            conversation.close();
            post.close(FAREWELL_MILLIS);
            channel.close();
            watchers.close();
        }
    }

    /** Ends as a killed process does: connections break, nobody is told. For tests. */
    void kill() {
        closed = true;
        conversation.close();
        transport.breakConnections();
        post.close(0);
        channel.close();
        watchers.close();
    }

    TP transport() {
        return transport;
    }

    static List<Peer> byName(List<Peer> peers) {
        return peers.stream()
                .sorted(Comparator.comparing((Peer p) -> p.member().name()))
                .toList();
    }
}
