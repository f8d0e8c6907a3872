package io.dkron.ejb.raft;

import io.dkron.ejb.raft.channel.GroupGate;
import io.dkron.ejb.raft.channel.GroupPing;
import io.dkron.ejb.raft.channel.GroupRaft;
import io.dkron.ejb.raft.channel.GroupTcp;
import io.dkron.ejb.raft.channel.Pulse;
import io.dkron.ejb.raft.channel.Vitals;
import io.dkron.ejb.raft.log.SegmentLog;
import io.dkron.ejb.raft.log.SnapshotReference;
import io.dkron.ejb.raft.protocol.EntryApplier;
import io.dkron.ejb.raft.protocol.Progress;
import io.dkron.ejb.raft.protocol.RaftListener;
import io.dkron.ejb.raft.protocol.SafeElection;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.JChannel;
import org.jgroups.View;
import org.jgroups.protocols.FRAG4;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.raft.util.Utils;
import org.jgroups.stack.IpAddress;
import org.jgroups.stack.Protocol;
import org.jgroups.util.Util;

/**
 * One opening of the servers' channel: from joining it until it is closed. The channel's name holds the cluster's id, so
 * servers of two clusters never meet (protocol P10). Safe for many threads.
 */
final class RaftMember implements AutoCloseable {
    private static final int JOIN_MILLIS = 1500;
    private static final int VERIFY_MILLIS = 300;
    private static final int MERGE_MILLIS = 2000; // a server that is cut off again holds up a merge for so long

    /**
     * What a member is made of.
     *
     * @param cluster its id
     * @param raftId of this server
     * @param members Raft ids that count
     * @param log opened
     * @param machine applies entries
     * @param hosts where the others may be now
     * @param encryption protocols that stand above the transport; empty for none
     * @param removed whether the server of a Raft id was removed for good
     */
    record Parts(
            RaftSettings settings,
            String cluster,
            String raftId,
            Collection<String> members,
            SegmentLog log,
            Machine machine,
            Supplier<Collection<InetSocketAddress>> hosts,
            List<Protocol> encryption,
            Predicate<String> removed,
            Pulse.Listener pulses) {
        Parts {
            Objects.requireNonNull(settings, "settings");
            Objects.requireNonNull(cluster, "cluster");
            Objects.requireNonNull(raftId, "raftId");
            members = List.copyOf(members);
            encryption = List.copyOf(encryption);
        }
    }

    /** What a member serves; called on threads of Raft. */
    interface Machine extends EntryApplier, RaftListener, GroupRaft.Members {
        /** What this server tells the others of itself. */
        Vitals vitals(long term, boolean leads, long lastAppended);

        /** The leader may be another. Must return at once. */
        void leaderMoved();
    }

    private final Parts parts;
    private final GroupRaft raft;
    private final SafeElection election;
    private final Pulse pulse;
    private final JChannel channel;

    private RaftMember(Parts parts) throws Exception {
        this.parts = parts;
        raft = new GroupRaft(parts.machine());
        election = new SafeElection(parts.machine()::leaderMoved);
        pulse = new Pulse(parts.settings().silence(), this::vitals, parts.pulses());
        channel = new JChannel(stack());
        channel.getProtocolStack().getTransport().getDiagnosticsHandler().setEnabled(false);
        channel.setName(parts.settings().nodeName());
    }

    /**
     * Joins the other servers, or waits for them.
     *
     * @throws Exception when the port cannot be used, or another living server has the same Raft id
     */
    static RaftMember open(Parts parts) throws Exception {
        RaftMember member = new RaftMember(parts);
        try {
            member.channel.connect("dkron-" + parts.cluster());
            return member;
        } catch (Exception e) {
            member.channel.close();
            throw parts.settings().port() > 0 && isTaken(e)
                    ? new IOException(
                            "raft-port " + parts.settings().port() + " is in use on "
                                    + parts.settings().bindHost()
                                    + "; stop who has it, or choose another --raft-port",
                            e)
                    : e;
        }
    }

    private static boolean isTaken(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return true;
            }
        }
        return false;
    }

    private List<Protocol> stack() throws Exception {
        RaftSettings settings = parts.settings();
        InetAddress bind = InetAddress.getByName(settings.bindHost());
        GroupTcp tcp = new GroupTcp(bind, settings.port());
        tcp.getThreadPool().setMinThreads(2).setMaxThreads(64);
        InetAddress told = InetAddress.getByName(settings.advertiseHost());
        if (!told.equals(bind)) {
            tcp.told(told, settings.port());
        }
        List<Protocol> stack = new ArrayList<>();
        stack.add(tcp);
        stack.addAll(parts.encryption());
        stack.add(new GroupPing(parts.hosts()));
        stack.add(new MERGE3().setMinInterval(300).setMaxInterval(1000));
        stack.add(pulse);
        stack.add(new VERIFY_SUSPECT2().setTimeout(VERIFY_MILLIS));
        stack.add(new NAKACK2().useMcastXmit(false));
        stack.add(new UNICAST3());
        stack.add(new STABLE());
        stack.add(new GroupGate(parts.removed()));
        stack.add(new GMS()
                .setJoinTimeout(JOIN_MILLIS)
                .setLeaveTimeout(500)
                .setMergeTimeout(MERGE_MILLIS)
                .printLocalAddress(false));
        stack.add(new FRAG4());
        stack.add(election);
        raft.applier(parts.machine()).listener(parts.machine()).log(parts.log());
        raft.silence(settings.silence())
                .raftId(parts.raftId())
                .members(parts.members())
                .logUseFsync(settings.fsync());
        stack.add(raft);
        return stack;
    }

    private Vitals vitals() {
        return parts.machine().vitals(raft.currentTerm(), raft.isLeader(), raft.lastAppended());
    }

    boolean leads() {
        return raft.isLeader();
    }

    /** Whether this server leads and has applied all that was committed before. */
    boolean ready() {
        return raft.leads();
    }

    /** Why it takes part no longer; empty while it does. */
    Optional<String> stopped() {
        return raft.whyStopped();
    }

    /** How far the others are; empty unless this server leads. */
    List<Progress> progress() {
        return raft.progress();
    }

    long term() {
        return raft.currentTerm();
    }

    long committed() {
        return raft.commitIndex();
    }

    long lastAppended() {
        return raft.lastAppended();
    }

    /** Raft ids that count. */
    List<String> members() {
        return raft.members();
    }

    /** Raft ids that decide: also by a change of members that is not committed yet. */
    List<String> voters() {
        return raft.voters();
    }

    boolean isVoter() {
        return members().contains(parts.raftId());
    }

    /** Whether it gave the lead up since no majority answered, and nobody is known to lead since. */
    boolean gaveUp() {
        return raft.gaveUp();
    }

    /** Raft id of who leads. */
    Optional<String> leader() {
        return Optional.ofNullable(raft.leader()).map(Utils::extractRaftId);
    }

    /** Raft ids of all that are in the channel, in its order. */
    List<String> present() {
        return view().stream().map(Utils::extractRaftId).toList();
    }

    /** Raft ids to {@code host:port} of all that are in the channel. */
    SortedMap<String, String> addresses() {
        SortedMap<String, String> found = new TreeMap<>();
        for (Address member : view()) {
            Object physical = channel.down(new Event(Event.GET_PHYSICAL_ADDRESS, member));
            if (physical instanceof IpAddress ip) {
                found.put(
                        Utils.extractRaftId(member),
                        ip.getIpAddress().getHostAddress().contains(":")
                                ? "[" + ip.getIpAddress().getHostAddress() + "]:" + ip.getPort()
                                : ip.getIpAddress().getHostAddress() + ":" + ip.getPort());
            }
        }
        return found;
    }

    /** What another last told of itself. */
    Optional<Pulse.Heard> heard(String raftId) {
        return address(raftId).flatMap(pulse::heard);
    }

    /** How long ago a majority is known to have heard this server. */
    Duration sinceMajority() {
        Address own = channel.getAddress();
        List<Address> others =
                election.voters().stream().filter(voter -> !voter.equals(own)).toList();
        return pulse.sinceMajority(others, raft.quorum() - 1);
    }

    /** Puts a command into the log, see {@link GroupRaft#propose}. */
    CompletableFuture<byte[]> submit(byte[] command) {
        return raft.propose(command);
    }

    /** Completes when all that was committed before is applied here; of the leader. */
    CompletableFuture<Void> barrier() {
        return raft.barrier();
    }

    /** Lets a server count from now on; of the leader. */
    CompletableFuture<byte[]> add(String raftId) {
        return changed(() -> raft.addServer(raftId));
    }

    /** Lets a server count no longer; of the leader. */
    CompletableFuture<byte[]> remove(String raftId) {
        return changed(() -> raft.removeServer(raftId));
    }

    private static CompletableFuture<byte[]> changed(Callable<CompletableFuture<byte[]>> change) {
        try {
            return change.call();
        } catch (Exception e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Asks a follower to take the lead; it does when it is up to date and a majority votes. */
    void handOver(String raftId) {
        address(raftId).ifPresent(election::handOver);
    }

    /** What is applied here, with the members of then; empty before the first entry. */
    Optional<SnapshotReference> mark() {
        return raft.mark();
    }

    /** The Raft term of an entry of the log; negative when it is not here. */
    long termOf(long index) {
        return parts.log().termOf(index);
    }

    long logBytes() {
        return parts.log().sizeInBytes();
    }

    /** How many entries the log holds. */
    long logEntries() {
        return parts.log().size();
    }

    /** See {@link GroupRaft#compact}. */
    void compact(SnapshotReference reference, int keep) {
        raft.compact(reference, keep);
    }

    /** See {@link GroupRaft#install}. */
    void install(SnapshotReference reference, Callable<Void> swap) throws Exception {
        raft.install(reference, swap);
    }

    /** Looks again whether an election is due. */
    void wake() {
        election.wake();
    }

    int port() {
        Object physical = channel.down(new Event(Event.GET_PHYSICAL_ADDRESS, channel.getAddress()));
        return physical instanceof IpAddress ip
                ? ip.getPort()
                : parts.settings().port();
    }

    /** Leaves the channel; the membership stays. */
    @Override
    public void close() {
        channel.close();
    }

    /** Goes as a killed process does: without a word to the others. */
    void kill() {
        try {
            Util.shutdown(channel, false);
        } catch (Exception e) {
            throw new IllegalStateException("the channel could not be cut", e);
        }
    }

    private List<Address> view() {
        View view = channel.getView();
        return view == null ? List.of() : view.getMembers();
    }

    private Optional<Address> address(String raftId) {
        return view().stream()
                .filter(member -> Utils.extractRaftId(member).equals(raftId))
                .findFirst();
    }
}
