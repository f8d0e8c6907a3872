package io.dkron.ejb.raft;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.rpc.proto.GroupAboutResponse;
import io.dkron.agent.rpc.proto.GroupAdmitRequest;
import io.dkron.agent.rpc.proto.GroupAdmitResponse;
import io.dkron.agent.rpc.proto.GroupFoundRequest;
import io.dkron.agent.rpc.proto.GroupFoundResponse;
import io.dkron.agent.rpc.proto.GroupServer;
import io.dkron.core.cluster.ClusterIds;
import io.dkron.core.store.LocalStore;
import io.dkron.ejb.raft.GroupState.Phase;
import io.dkron.ejb.raft.RaftGroup.Parts;
import io.dkron.ejb.raft.StateImages.Image;
import io.dkron.ejb.raft.Teller.News;
import io.dkron.ejb.raft.channel.Pulse;
import io.dkron.ejb.raft.channel.Vitals;
import io.dkron.ejb.raft.log.SegmentLog;
import io.dkron.ejb.raft.log.SnapshotReference;
import io.dkron.ejb.service.RaftOperations.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jgroups.Address;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.raft.util.Utils;

/**
 * Leads a server through its life in the group, on one thread: opens the store, finds out what it belongs to, joins the
 * channel, follows who leads, and does the chores of a member.
 */
final class Conductor implements ReplicatedStore.Group, RaftMember.Machine, Pulse.Listener, GroupService.Host {
    private static final Logger LOG = System.getLogger(Conductor.class.getName());
    private static final long TURN_MILLIS = 500;
    private static final long RETRY_MILLIS = 1000;

    private final Parts parts;
    private final Teller teller;
    private final GroupCalls calls;
    private final StateImages images;
    private final Changes changes;
    private final String incarnation = UUID.randomUUID().toString();
    private final Object turn = new Object();
    private final AtomicBoolean fetching = new AtomicBoolean();
    private volatile Optional<GroupFile> file = Optional.empty();
    private volatile Optional<Entry> entry = Optional.empty();
    private volatile Optional<Chores> chores = Optional.empty();
    private volatile Optional<StoreMachine> machine = Optional.empty();
    private volatile Optional<RaftMember> member = Optional.empty();
    private volatile Optional<String> waitingFor = Optional.of("the server starts");
    private volatile Optional<String> broken = Optional.empty();
    private volatile boolean closing;
    private volatile boolean quiet;
    private volatile Thread thread;
    private volatile long ledSince = System.nanoTime();
    private boolean signalled;
    private String told = "";

    Conductor(Parts parts) {
        this.parts = Objects.requireNonNull(parts, "parts");
        teller = new Teller(parts.leadership(), parts.workers());
        calls = new GroupCalls(parts.clients());
        images = new StateImages(parts.settings().folder());
        changes = new Changes(this, parts, calls);
    }

    void start() {
        Thread started = new Thread(this::run, "dkron-raft-group");
        started.setDaemon(true);
        thread = started;
        started.start();
    }

    @Override
    public Optional<RaftMember> member() {
        return member;
    }

    @Override
    public Optional<StoreMachine> machine() {
        return machine;
    }

    @Override
    public Optional<String> broken() {
        return broken;
    }

    Changes changes() {
        return changes;
    }

    GroupState state() {
        return file.map(GroupFile::state).orElseGet(() -> GroupState.fresh(""));
    }

    /** Marks the data: this server is a member no more. */
    void gone() {
        file.orElseThrow().change(state -> state.in(Phase.GONE));
    }

    /** Takes no commits, or takes them again. */
    void quiet(boolean wanted) {
        quiet = wanted;
    }

    boolean isQuiet() {
        return quiet;
    }

    @Override
    public Optional<String> refusal() {
        Optional<RaftMember> now = member;
        Optional<String> bad = broken.or(() -> now.isEmpty() ? waitingFor : Optional.empty());
        if (bad.isPresent()) {
            return bad;
        }
        if (now.isEmpty()) {
            return Optional.of("the server is in no cluster now");
        }
        if (!now.get().leads()) {
            return Optional.of("this server does not lead; "
                    + now.get().leader().map(id -> "the leader is " + id).orElse("nobody does"));
        }
        return quiet ? Optional.of("the lead is being handed to another server") : Optional.empty();
    }

    /** How long ago a majority is known to have heard this server; a lead that just began was heard by one. */
    Duration sinceMajority() {
        Optional<RaftMember> now = member;
        if (now.isEmpty() || !now.get().ready()) {
            return Duration.ofSeconds(Long.MAX_VALUE);
        }
        Duration heard = now.get().sinceMajority();
        Duration led = Duration.ofNanos(System.nanoTime() - ledSince);
        return heard.compareTo(led) < 0 ? heard : led;
    }

    /** See {@link RaftGroup#silence}. */
    Duration silence() {
        Optional<RaftMember> now = member;
        if (now.isPresent() && now.get().leads()) {
            return sinceMajority();
        }
        return now.flatMap(m -> m.leader().flatMap(m::heard))
                .map(Pulse.Heard::age)
                .orElse(Duration.ofSeconds(Long.MAX_VALUE));
    }

    /** The node that gossip knows under a Raft id. */
    Optional<Peer> peer(String raftId) {
        return parts.peers().all().stream()
                .filter(peer ->
                        peer.attribute(Peer.RAFT_ID).filter(raftId::equals).isPresent())
                .findFirst();
    }

    Optional<String> clusterId() {
        return file.flatMap(f -> f.state().cluster());
    }

    Optional<String> raftId() {
        return file.map(f -> f.state().raftId());
    }

    Optional<String> trouble() {
        return broken.or(() -> waitingFor).or(() -> {
            Optional<RaftMember> now = member;
            if (now.isEmpty()) {
                return Optional.of("the server starts");
            }
            if (now.get().leader().isPresent()) {
                return now.get().isVoter() ? Optional.empty() : Optional.of("catches up with the other servers");
            }
            List<String> voters = now.get().voters();
            long present = now.get().present().stream().filter(voters::contains).count();
            int needed = voters.size() / 2 + 1;
            return Optional.of(
                    present < needed
                            ? "waiting for servers: " + present + " of " + voters.size() + " are there, " + needed
                                    + " are needed"
                            : "no leader among the servers"
                                    + (now.get().gaveUp()
                                            ? "; this one gave the lead up, since no majority answered it for "
                                                    + parts.settings().silence().toSeconds() + " s"
                                            : ""));
        });
    }

    void close() {
        end(RaftMember::close);
    }

    void kill() {
        end(RaftMember::kill);
    }

    private void end(Consumer<RaftMember> way) {
        closing = true;
        signal();
        Thread running = thread;
        if (running != null && running != Thread.currentThread()) {
            try {
                running.join(Duration.ofSeconds(5).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        member.ifPresent(way);
        member = Optional.empty();
    }

    private void signal() {
        synchronized (turn) {
            signalled = true;
            turn.notifyAll();
        }
    }

    private void run() {
        while (!closing) {
            long pause = TURN_MILLIS;
            try {
                if (member.isEmpty() && broken.isEmpty()) {
                    enter();
                }
                if (member.isPresent()) {
                    attend(member.get());
                }
            } catch (Exception e) {
                wait(String.valueOf(e.getMessage()));
                LOG.log(Level.DEBUG, "server not in its group", e);
                pause = RETRY_MILLIS;
            }
            rest(pause);
        }
    }

    private void rest(long millis) {
        synchronized (turn) {
            if (!signalled && !closing) {
                try {
                    turn.wait(millis);
                } catch (InterruptedException e) {
                    closing = true; // told to end
                }
            }
            signalled = false;
        }
    }

    private void wait(String reason) {
        waitingFor = Optional.of(reason);
        if (!reason.equals(told)) {
            told = reason;
            LOG.log(Level.INFO, "server waits reason=\"{0}\"", reason);
        }
    }

    private void enter() throws Exception {
        prepare();
        GroupState state = state();
        LocalStore local = machine.orElseThrow().store();
        boolean alone = !parts.settings().joins() && parts.settings().expect() <= 1;
        if (state.phase() == Phase.FRESH && local.applied() > 0 && !alone) {
            wait(
                    "the store holds data, but no Raft log is beside it: to begin a cluster from it, start once without join and"
                            + " bootstrap-expect; to join as a new server, empty the data directory");
            return;
        }
        if (state.phase() == Phase.FRESH && alone) {
            String fresh = UUID.randomUUID().toString();
            // A store whose log was lost may be a copy that others go on with: it never passes for their cluster.
            String cluster = parts.knownCluster()
                    .apply(local)
                    .map(known -> ClusterIds.successor(known, fresh))
                    .orElse(fresh);
            entry.orElseThrow().begin(cluster, local.applied());
        }
        Optional<String> missing = entry.orElseThrow().proceed();
        if (missing.isPresent()) {
            wait(missing.get());
            return;
        }
        open();
    }

    private void prepare() throws IOException {
        if (machine.isEmpty()) {
            StoreMachine opened = new StoreMachine(parts.store().get(), parts.listeners());
            machine = Optional.of(opened); // listeners read what they are told of through the store
            try {
                opened.replaced();
            } catch (RuntimeException e) {
                machine = Optional.empty();
                throw e;
            }
        }
        if (file.isEmpty()) {
            images.clean();
            GroupFile opened =
                    GroupFile.open(parts.settings().folder(), parts.settings().nodeName());
            if (opened.state().phase() == Phase.GONE) {
                rebear(opened);
            }
            Recovery.run(parts.settings(), opened, machine.get());
            entry = Optional.of(new Entry(parts.settings(), opened, parts.peers(), calls, incarnation));
            chores = Optional.of(new Chores(opened, parts.peers()));
            file = Optional.of(opened);
            tellGossip(parts.settings().port());
        }
    }

    /** What is on the disk is of no worth to the group any more: this is another server now. */
    private void rebear(GroupFile opened) throws IOException {
        Folders.delete(logFolder());
        GroupState now = opened.change(
                state -> state.reborn(GroupFile.newId(parts.settings().nodeName())));
        LOG.log(
                Level.WARNING,
                "server begins anew id={0}; what its store holds is replaced when it joins",
                now.raftId());
    }

    private Path logFolder() {
        return parts.settings().folder().resolve("log");
    }

    private void open() throws Exception {
        GroupState state = state();
        SegmentLog log = SegmentLog.open(logFolder());
        try {
            if (!fits(log, state)) {
                log.close();
                rebear(file.orElseThrow());
                return;
            }
            RaftMember opened = RaftMember.open(new RaftMember.Parts(
                    parts.settings(),
                    state.cluster().orElseThrow(),
                    state.raftId(),
                    state.members().keySet(),
                    log,
                    this,
                    new Addresses(file.orElseThrow(), parts.peers())::all,
                    parts.encryption().get(),
                    id -> file.orElseThrow().state().removed().contains(id),
                    this));
            if (closing) { // joining may take longer than whoever closes this waits
                opened.close();
                return;
            }
            member = Optional.of(opened);
        } catch (Exception e) {
            log.close();
            throw e;
        }
        RaftMember opened = member.get();
        boolean newer = opened.committed() >= state().index();
        if (newer && !state().members().keySet().equals(Set.copyOf(opened.members()))) {
            changed(opened.committed(), opened.members());
        }
        waitingFor = Optional.empty();
        told = "";
        tellGossip(opened.port());
    }

    /**
     * Brings an empty log to where the store is. A store that is ahead of its log is unsafe, since the entries that it has
     * may be others in the group: it joins as a new server, unless it is the only one (protocol P9).
     */
    private boolean fits(SegmentLog log, GroupState state) throws IOException {
        long applied = applied();
        boolean alone = state.members().size() == 1 && state.members().containsKey(state.raftId());
        if (applied <= log.lastAppended()) {
            return true;
        }
        if (alone) {
            long term = Math.max(log.currentTerm(), 0);
            String hash = Long.toHexString(machine.orElseThrow().position().hash());
            log.reference(new SnapshotReference(applied, term, List.of(state.raftId()), hash));
            log.reinitializeTo(applied, new LogEntry(term, null));
            return true;
        }
        if (log.lastAppended() == 0 && !state.members().containsKey(state.raftId())) {
            return receive(log, state);
        }
        LOG.log(
                Level.ERROR,
                "store ahead of its log applied={0} last={1}; the server joins as a new one",
                Long.toString(applied),
                Long.toString(log.lastAppended()));
        return false;
    }

    /** A new server with the remains of another life: the state comes before the channel is opened. */
    private boolean receive(SegmentLog log, GroupState state) throws IOException {
        Peer leader =
                leaderInSight(state).orElseThrow(() -> new IOException("waits for the leader to fetch the state from"));
        Path image = images.receiving();
        try {
            SnapshotReference reference = calls.fetch(leader, state.cluster().orElseThrow(), state.raftId(), image);
            LocalStore.Replacement replacement = received(image);
            log.reference(reference);
            log.reinitializeTo(reference.index(), new LogEntry(reference.term(), null));
            replacement.putInPlace();
            machine.orElseThrow().replaced();
            return true;
        } finally {
            Files.deleteIfExists(image);
        }
    }

    private LocalStore.Replacement received(Path image) throws IOException {
        try (InputStream in = Files.newInputStream(image)) {
            return machine.orElseThrow().store().receive(in);
        }
    }

    private Optional<Peer> leaderInSight(GroupState state) {
        return parts.peers().all().stream()
                .filter(peer -> peer.clusterId().equals(state.cluster())
                        && peer.member().alive())
                .filter(peer -> !peer.member().name().equals(parts.settings().nodeName()))
                .filter(peer -> calls.about(peer, state.raftId())
                        .filter(about -> about.getLeader().equals(about.getRaftId())
                                && !about.getLeader().isEmpty())
                        .isPresent())
                .findFirst();
    }

    private void tellGossip(int port) {
        GroupState state = state();
        String host = parts.settings().advertiseHost();
        String address = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        parts.peers().update(peer -> {
            TreeMap<String, String> attributes = new TreeMap<>(peer.attributes());
            attributes.put(Peer.RAFT_ID, state.raftId());
            attributes.put(Peer.RAFT_ADDRESS, address);
            if (parts.settings().expect() > 0) {
                attributes.put(Peer.EXPECT, Integer.toString(parts.settings().expect()));
            }
            state.predecessor().ifPresent(id -> attributes.put(Peer.PREDECESSOR, id));
            Peer told = peer.with(attributes);
            return state.cluster().map(told::inCluster).orElse(told);
        });
    }

    private void attend(RaftMember now) {
        if (broken.isPresent() || now.stopped().isPresent()) {
            now.close(); // the others elect without one that answers nothing any more
            member = Optional.empty();
            return;
        }
        if (state().phase() == Phase.GONE) {
            now.close();
            member = Optional.empty();
            broken = Optional.of("this server is a member no more; start it again to join as a new one");
            teller.tell(new News.Stopped(broken.get()));
            return;
        }
        rememberAddresses(now);
        now.wake();
        if (!now.leads()) {
            quiet = false;
            teller.tell(new News.Follow(now.leader()));
        } else if (now.ready()) {
            teller.tell(new News.Lead(now.term()));
            chores.orElseThrow().lead(now);
        }
        Chores.bound(now, machine.orElseThrow().store());
    }

    private void rememberAddresses(RaftMember now) {
        Map<String, String> seen = new TreeMap<>(now.addresses());
        seen.keySet().retainAll(state().members().keySet());
        if (!state().at(seen).equals(state())) {
            file.orElseThrow().change(state -> state.at(seen));
        }
    }

    // What other servers ask.

    @Override
    public Optional<GroupAboutResponse> about() {
        if (file.isEmpty()) {
            return Optional.empty();
        }
        GroupState state = state();
        GroupAboutResponse.Builder about = GroupAboutResponse.newBuilder()
                .setRaftId(state.raftId())
                .setNodeId(parts.settings().nodeId())
                .setIncarnation(incarnation)
                .setMembersIndex(state.index())
                .setLeader(member.flatMap(RaftMember::leader).orElse(""))
                .setExpect(parts.settings().expect())
                .addAllRemoved(state.removed());
        if (state.phase() == Phase.MEMBER) {
            state.cluster().ifPresent(about::setCluster);
            state.predecessor().ifPresent(about::setPredecessor);
            about.addAllMembers(servers(state));
        }
        return Optional.of(about.build());
    }

    private static List<GroupServer> servers(GroupState state) {
        return state.members().entrySet().stream()
                .map(m -> GroupServer.newBuilder()
                        .setId(m.getKey())
                        .setAddress(m.getValue())
                        .build())
                .toList();
    }

    @Override
    public GroupFoundResponse found(GroupFoundRequest request) {
        return entry.map(e -> e.accept(request))
                .orElseGet(() ->
                        GroupFoundResponse.newBuilder().setRefusal("starts").build());
    }

    @Override
    public GroupAdmitResponse admit(GroupAdmitRequest request) {
        GroupState state = state();
        String id = request.getServer().getId();
        boolean ready = member.filter(RaftMember::ready).isPresent();
        String refusal = !ready
                ? "this server does not lead"
                : state.removed().contains(id)
                        ? "server " + id + " was removed and cannot come back"
                        : member.get().present().contains(id) ? "server " + id + " is alive already" : "";
        return GroupAdmitResponse.newBuilder()
                .setAdmitted(refusal.isEmpty())
                .setRefusal(refusal)
                .setCluster(state.cluster().orElse(""))
                .setMembersIndex(state.index())
                .addAllMembers(servers(state))
                .build();
    }

    @Override
    public CompletionStage<Answer> remove(String server) {
        return changes.remove(server);
    }

    @Override
    public CompletionStage<Answer> promote(String server) {
        return changes.promote(server);
    }

    @Override
    public Image image(String cluster) throws IOException {
        RaftMember now =
                member.filter(RaftMember::ready).orElseThrow(() -> new IOException("this server does not lead"));
        if (!clusterId().filter(cluster::equals).isPresent()) {
            throw new IOException(
                    "this server belongs to cluster " + clusterId().orElse("none"));
        }
        return images.of(now, machine.orElseThrow().store());
    }

    // What Raft asks, on its threads.

    @Override
    public long applied() {
        return machine.orElseThrow().position().index();
    }

    @Override
    public byte[] apply(long index, long term, byte[] data, boolean internal) {
        return machine.orElseThrow().apply(index, data);
    }

    @Override
    public void changed(long index, List<String> raftIds) {
        GroupState now = file.orElseThrow().change(state -> {
            TreeMap<String, String> changed = new TreeMap<>();
            raftIds.forEach(id -> changed.put(id, state.members().getOrDefault(id, "")));
            boolean out = state.members().containsKey(state.raftId()) && !raftIds.contains(state.raftId());
            GroupState with = state.with(index, changed);
            return out ? with.in(Phase.GONE) : with;
        });
        LOG.log(
                Level.INFO,
                "members changed index={0} members={1}",
                Long.toString(index),
                now.members().keySet());
        signal();
    }

    @Override
    public void leading(long term) {
        ledSince = System.nanoTime();
        signal();
    }

    @Override
    public void deposed(long term) {
        signal();
    }

    @Override
    public void leaderChanged(Optional<String> leader, long term) {
        signal();
    }

    /** Fetches the state on a thread of its own; asked again while that goes on. */
    @Override
    public void stateNeeded(String leader) {
        if (fetching.compareAndSet(false, true)) {
            parts.workers().execute(() -> {
                try {
                    fetchFrom(leader);
                } catch (Exception e) {
                    LOG.log(Level.WARNING, "state not fetched, trying again from=" + leader + ": " + e.getMessage());
                } finally {
                    fetching.set(false);
                }
            });
        }
    }

    private void fetchFrom(String leader) throws Exception {
        Optional<Peer> from = peer(leader);
        Optional<RaftMember> now = member;
        if (from.isEmpty() || now.isEmpty() || closing) {
            return;
        }
        Path image = images.receiving();
        try {
            SnapshotReference reference = calls.fetch(from.get(), clusterId().orElseThrow(), state().raftId(), image);
            LocalStore.Replacement replacement = received(image);
            now.get().install(reference, () -> {
                replacement.putInPlace();
                machine.orElseThrow().replaced();
                return null;
            });
            changed(reference.index(), reference.members());
            LOG.log(
                    Level.INFO,
                    "state fetched from={0} index={1} bytes={2}",
                    leader,
                    Long.toString(reference.index()),
                    Long.toString(Files.size(image)));
        } finally {
            Files.deleteIfExists(image);
        }
    }

    @Override
    public void stopped(String reason, Optional<Throwable> cause) {
        if (closing || state().phase() == Phase.GONE) {
            return;
        }
        String plain = cause.isPresent()
                ? reason + "; mend that, then restart this server: the others go on without it meanwhile"
                : reason;
        if (cause.isPresent()) {
            LOG.log(Level.ERROR, "server takes no part any more reason=\"{0}\"", plain);
        }
        broken = Optional.of(plain);
        teller.tell(new News.Stopped(plain));
        signal();
    }

    @Override
    public Vitals vitals(long term, boolean leads, long lastAppended) {
        LocalStore.Position position = machine.orElseThrow().position();
        return new Vitals(term, leads, position.index(), position.hash(), lastAppended, state().index());
    }

    @Override
    public void leaderMoved() {
        signal();
    }

    @Override
    public void heard(Address from, Vitals vitals) {
        Optional<Long> own = vitals.leads() ? machine.orElseThrow().hashAt(vitals.applied()) : Optional.empty();
        if (own.isPresent() && own.get() != vitals.hash() && broken.isEmpty()) {
            String reason = "the store differs from the leader's at entry " + vitals.applied() + " (leader "
                    + Utils.extractRaftId(from) + "); empty the data directory to join as a new server";
            LOG.log(Level.ERROR, "server stopped reason=\"{0}\"", reason);
            stopped(reason, Optional.empty());
            member.ifPresent(now -> parts.workers().execute(now::close));
        }
    }

    @Override
    public void turn() {
        signal();
    }
}
