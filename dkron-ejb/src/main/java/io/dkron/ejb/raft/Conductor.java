package io.dkron.ejb.raft;

import io.dkron.agent.gossip.Peer;
import io.dkron.core.store.LocalStore;
import io.dkron.core.store.StoreException;
import io.dkron.ejb.raft.GroupState.Phase;
import io.dkron.ejb.raft.RaftGroup.Parts;
import io.dkron.ejb.raft.Teller.News;
import io.dkron.ejb.raft.channel.GroupRaft;
import io.dkron.ejb.raft.channel.Pulse;
import io.dkron.ejb.raft.channel.Vitals;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jgroups.Address;
import org.jgroups.protocols.raft.Log;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.raft.util.Utils;

/**
 * Leads a server through its life in the group, on one thread: opens the store, finds out what it belongs to, joins the
 * channel, follows who leads, and opens anew what had to be closed.
 */
final class Conductor implements ReplicatedStore.Group, GroupRaft.Machine, Pulse.Listener {
    private static final Logger LOG = System.getLogger(Conductor.class.getName());
    private static final long TURN_MILLIS = 500;
    private static final long RETRY_MILLIS = 1000;

    private final Parts parts;
    private final Teller teller;
    private final Object turn = new Object();
    private volatile Optional<GroupFile> file = Optional.empty();
    private volatile Optional<StoreMachine> machine = Optional.empty();
    private volatile Optional<RaftMember> member = Optional.empty();
    private volatile Optional<String> waitingFor = Optional.of("the server starts");
    private volatile Optional<String> broken = Optional.empty();
    private volatile boolean closing;
    private volatile boolean quiet;
    private volatile Thread thread;
    private ReplicatedStore store;
    private boolean signalled;
    /** The Raft terms in which this server began to lead, and in which it may. */
    private volatile long begunTerm = -1;

    private volatile long readyTerm = -1;

    Conductor(Parts parts) {
        this.parts = Objects.requireNonNull(parts, "parts");
        teller = new Teller(parts.leadership(), parts.workers());
    }

    void store(ReplicatedStore made) {
        store = made;
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

    @Override
    public Optional<String> refusal() {
        Optional<String> bad = broken.or(() -> member.isEmpty() ? waitingFor : Optional.empty());
        if (bad.isPresent()) {
            return bad;
        }
        RaftMember now = member.orElseThrow();
        if (!now.leads()) {
            return Optional.of("this server does not lead; "
                    + now.leader().map(id -> "the leader is " + id).orElse("nobody does"));
        }
        return quiet ? Optional.of("the lead is being handed to another server") : Optional.empty();
    }

    @Override
    public CompletionStage<Long> leadersBarrier() {
        return CompletableFuture.failedFuture(new StoreException(refusal().orElse("nobody leads")));
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
                return Optional.empty();
            }
            List<String> voters = now.get().members();
            long present = now.get().present().stream().filter(voters::contains).count();
            int needed = voters.size() / 2 + 1;
            return Optional.of(
                    present < needed
                            ? "waiting for servers: " + present + " of " + voters.size() + " are there, " + needed
                                    + " are needed"
                            : "no leader among the servers");
        });
    }

    boolean confirm() {
        Optional<RaftMember> now = member;
        if (now.isEmpty() || !now.get().leads() || quiet) {
            return false;
        }
        try {
            long term = now.get().term();
            store.leadersOwn().get(parts.settings().silence().toMillis(), TimeUnit.MILLISECONDS);
            return now.get().leads() && now.get().term() == term;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.DEBUG, "lead not confirmed", e);
            return false;
        }
    }

    void close() {
        end(RaftMember::close);
    }

    void kill() {
        end(open -> {
            try {
                open.kill();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void end(java.util.function.Consumer<RaftMember> way) {
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
                if (member.isEmpty()) {
                    enter();
                }
                if (member.isPresent()) {
                    attend(member.get());
                }
            } catch (InterruptedException e) {
                return; // told to end
            } catch (Exception e) {
                waitingFor = Optional.of(String.valueOf(e.getMessage()));
                LOG.log(Level.WARNING, "server not in its group: " + e.getMessage(), e);
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
                    closing = true;
                }
            }
            signalled = false;
        }
    }

    private void enter() throws Exception {
        if (machine.isEmpty()) {
            LocalStore local = parts.store().get();
            StoreMachine opened = new StoreMachine(local, parts.listeners(), parts.workers());
            opened.replaced();
            machine = Optional.of(opened);
        }
        if (file.isEmpty()) {
            file = Optional.of(
                    GroupFile.open(parts.settings().folder(), parts.settings().nodeName()));
        }
        if (file.get().state().phase() == Phase.FRESH) {
            bootstrapAlone();
        }
        open();
    }

    private void bootstrapAlone() {
        LocalStore local = machine.orElseThrow().store();
        String cluster = parts.knownCluster()
                .apply(local)
                .orElseGet(() -> UUID.randomUUID().toString());
        file.orElseThrow().change(state -> {
            TreeMap<String, String> alone = new TreeMap<>();
            alone.put(state.raftId(), "");
            return state.in(Phase.MEMBER, cluster, local.applied(), alone);
        });
        LOG.log(
                Level.INFO,
                "cluster begun id={0} server={1} applied={2}",
                cluster,
                raftId().orElse(""),
                Long.toString(local.applied()));
    }

    private void open() throws Exception {
        GroupState state = file.orElseThrow().state();
        Addresses addresses = new Addresses(file.orElseThrow(), parts.peers());
        StoreMachine own = machine.orElseThrow();
        Log log = Logs.open(
                parts.settings().folder().resolve("log"), own.position().index());
        RaftMember opened = RaftMember.open(new RaftMember.Parts(
                parts.settings(),
                state.cluster().orElseThrow(),
                state.raftId(),
                state.members().keySet(),
                log,
                this,
                addresses::all,
                parts.encryption().get(),
                this));
        member = Optional.of(opened);
        waitingFor = Optional.empty();
        tellGossip(opened);
    }

    private void tellGossip(RaftMember opened) {
        GroupState state = file.orElseThrow().state();
        String address = parts.settings().advertiseHost() + ":" + opened.port();
        parts.peers().update(peer -> {
            TreeMap<String, String> attributes = new TreeMap<>(peer.attributes());
            attributes.put(Peer.RAFT_ID, state.raftId());
            attributes.put(Peer.RAFT_ADDRESS, address);
            attributes.remove(Peer.EXPECT);
            return peer.with(attributes).inCluster(state.cluster().orElseThrow());
        });
    }

    private void attend(RaftMember now) {
        if (now.isHalted()) {
            return;
        }
        if (!now.leads()) {
            teller.tell(new News.Follow(now.leader()));
            return;
        }
        long term = now.term();
        if (begunTerm != term) {
            begunTerm = term;
            store.leadersOwn().whenComplete((index, error) -> {
                if (error == null) {
                    readyTerm = term;
                } else {
                    begunTerm = -1; // tried again while it leads
                }
                signal();
            });
        }
        if (readyTerm == term) {
            teller.tell(new News.Lead(term));
        }
    }

    // What Raft asks; on its thread.

    @Override
    public long applied() {
        return machine.orElseThrow().position().index();
    }

    @Override
    public long membersIndex() {
        return file.orElseThrow().state().index();
    }

    @Override
    public List<byte[]> apply(long first, List<LogEntry> entries) {
        return machine.orElseThrow().apply(first, entries);
    }

    @Override
    public void members(long index, List<String> raftIds) {
        file.orElseThrow().change(state -> {
            TreeMap<String, String> changed = new TreeMap<>();
            raftIds.forEach(id -> changed.put(id, state.members().getOrDefault(id, "")));
            return state.with(index, changed);
        });
        LOG.log(Level.INFO, "members changed index={0} members={1}", Long.toString(index), raftIds);
        signal();
    }

    @Override
    public Vitals vitals(long term, boolean leads, long lastAppended) {
        LocalStore.Position position = machine.orElseThrow().position();
        return new Vitals(term, leads, position.index(), position.hash(), lastAppended, membersIndex());
    }

    @Override
    public void halted(String reason) {
        broken = Optional.of(reason);
        teller.tell(new News.Stopped(reason));
        signal();
    }

    @Override
    public void leaderChanged() {
        signal();
    }

    @Override
    public void heard(Address from, Vitals vitals) {
        Optional<Long> own = vitals.leads() ? machine.orElseThrow().hashAt(vitals.applied()) : Optional.empty();
        if (own.isPresent() && own.get() != vitals.hash()) {
            String reason = ("the store differs from the leader's at entry " + vitals.applied() + " (leader "
                    + Utils.extractRaftId(from) + ")");
            member.ifPresentOrElse(now -> now.halt(reason), () -> halted(reason));
        }
    }

    @Override
    public void turn() {
        signal();
    }
}
