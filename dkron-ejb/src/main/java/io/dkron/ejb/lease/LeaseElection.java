package io.dkron.ejb.lease;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.engine.LeaderRecords;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreException;
import io.dkron.ejb.leader.Election;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The store elects (protocol P3): its fence names the leader, whose commits, or beats where it commits nothing, change the
 * fence every few seconds. Where it stands still for too long, or gossip shows that its maker is away, another server takes
 * it by comparing. Taking early is safe, since the fence refuses whatever an older lead still commits.
 */
public final class LeaseElection implements Election {
    /** Silence of the store's fence after which a lead is over. */
    public static final Duration SILENCE = Duration.ofSeconds(10);
    /** How long after an acknowledged commit its leader acts on it: well before others may take the lead. */
    public static final Duration LEASE = Duration.ofSeconds(7);
    /** How old the last commit of a leader may be. */
    public static final Duration BEAT = Duration.ofSeconds(3);

    private static final Logger LOG = System.getLogger(LeaseElection.class.getName());
    private static final Duration LOOK = Duration.ofMillis(500);
    /** Who has not met those it was told to join gives them more time. */
    private static final Duration UNJOINED = Duration.ofSeconds(20);

    /**
     * What it is made of.
     *
     * @param store raw: what it answers is new, and an error is one of now
     * @param copy the same store, through which this server commits
     * @param leaderKey of the fence
     * @param joined whether this node has met those it was told to join
     * @param loops runs a long loop on a thread of its own
     */
    public record Parts(
            Store store,
            SharedCopy copy,
            String leaderKey,
            Peers peers,
            Nonces nonces,
            BooleanSupplier joined,
            Executor loops,
            LongSupplier nanoTime) {
        public Parts {
            Objects.requireNonNull(store, "store");
            Objects.requireNonNull(copy, "copy");
            Objects.requireNonNull(leaderKey, "leaderKey");
            Objects.requireNonNull(peers, "peers");
            Objects.requireNonNull(nonces, "nonces");
            Objects.requireNonNull(joined, "joined");
            Objects.requireNonNull(loops, "loops");
            Objects.requireNonNull(nanoTime, "nanoTime");
        }
    }

    private final Parts parts;
    private final Watch watch; // guarded by this
    private final Semaphore wake = new Semaphore(0);
    private final long begun;
    private Optional<Candidate> candidate = Optional.empty(); // guarded by this
    private Optional<LeaderRecord> over = Optional.empty(); // guarded by this: the lead that was found to be over
    private long yieldedUntil; // guarded by this, of nanoTime
    private boolean yielding; // guarded by this
    private boolean eligible; // guarded by this
    private volatile Optional<String> trouble = Optional.of("the store was not asked yet");
    private volatile boolean stopped;

    public LeaseElection(Parts parts) {
        this.parts = Objects.requireNonNull(parts, "parts");
        this.begun = parts.nanoTime().getAsLong();
        this.watch = new Watch(SILENCE, parts.nonces()::mine, new Gossiped(parts.peers()));
    }

    @Override
    public Store store() {
        return parts.copy();
    }

    @Override
    public void start(Candidate told) {
        synchronized (this) {
            candidate = Optional.of(told);
        }
        parts.loops().execute(this::run);
    }

    /** {@inheritDoc} Acting rests on commits alone, so that the others, who watch the fence, know it too. */
    @Override
    public boolean confirm() {
        try {
            return read().filter(r -> parts.nonces().mine(r.nonce())).isPresent();
        } catch (StoreException e) {
            return false;
        }
    }

    @Override
    public Duration lease() {
        return LEASE;
    }

    @Override
    public boolean confirmRenews() {
        return false;
    }

    @Override
    public Optional<Duration> beat() {
        return Optional.of(BEAT);
    }

    @Override
    public String nonce() {
        return parts.nonces().next();
    }

    /** {@inheritDoc} The lead that was found to be over, or one of this node: any other began meanwhile. */
    @Override
    public synchronized boolean follows(Optional<LeaderRecord> lead) {
        return eligible
                && (lead.isEmpty()
                        || lead.equals(over)
                        || parts.nonces().mine(lead.get().nonce()));
    }

    @Override
    public Optional<String> trouble() {
        return trouble;
    }

    @Override
    public boolean handOver(Duration atMost) {
        boolean another = parts.peers().all().stream()
                .map(Peer::member)
                .anyMatch(m -> m.server()
                        && m.alive()
                        && !m.id().equals(parts.peers().self().member().id()));
        synchronized (this) {
            if (!another || !eligible) {
                return false;
            }
            long term = watch.record().map(LeaderRecord::term).orElse(0L);
            yielding = true;
            yieldedUntil = parts.nanoTime().getAsLong() + SILENCE.toNanos();
            deposed("it gave up the lead");
            parts.peers().update(self -> attribute(self, Peer.YIELDS, Long.toString(term)));
        }
        return true;
    }

    @Override
    public void stop() {
        stopped = true;
        wake.release();
    }

    /** Looks again soon: something changed among the members. */
    public void look() {
        wake.release();
    }

    private void run() {
        Thread.currentThread().setName("dkron-election");
        try {
            while (!stopped) {
                try {
                    once();
                } catch (RuntimeException e) { // the next look may go well; without looks nobody would lead
                    LOG.log(Level.ERROR, "election not looked after", e);
                }
                if (wake.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the node stops
        }
    }

    private void once() {
        Optional<LeaderRecord> seen;
        try {
            seen = read();
        } catch (StoreException e) {
            trouble = Optional.of(String.valueOf(e.getMessage()));
            synchronized (this) {
                watch.blind(parts.nanoTime().getAsLong());
            }
            return;
        }
        seen.map(LeaderRecord::clusterId).ifPresent(this::belong);
        decide(seen, parts.nanoTime().getAsLong());
    }

    private Optional<LeaderRecord> read() {
        return parts.store().get(parts.leaderKey()).map(Entry::value).map(LeaderRecords.JSON::read);
    }

    /** @param answered not before the store showed that: it may have been slow, and the value young */
    private synchronized void decide(Optional<LeaderRecord> seen, long answered) {
        watch.saw(seen, answered);
        Optional<String> foreign = foreign();
        Optional<String> free = foreign.isPresent() ? Optional.empty() : watch.over(answered);
        trouble = foreign;
        if (eligible && (foreign.isPresent() || !watch.own() && !seen.equals(over) && seen.isPresent())) {
            deposed(foreign.orElseGet(() -> seen.orElseThrow().node() + " leads"));
        } else if (!eligible && free.isPresent() && mayTake(answered)) {
            over = seen;
            eligible = true;
            yielding = false;
            String why = free.get();
            candidate.ifPresent(c -> c.elected(why));
        }
    }

    private boolean mayTake(long now) {
        if (yielding && now - yieldedUntil < 0) {
            return false;
        }
        return parts.joined().getAsBoolean() || now - begun >= UNJOINED.toNanos();
    }

    private void deposed(String reason) {
        eligible = false;
        over = Optional.empty();
        parts.copy().follow();
        candidate.ifPresent(c -> c.deposed(reason));
    }

    /** Why the store is not this cluster's; empty when it is. */
    private Optional<String> foreign() {
        Optional<String> own = parts.peers().self().clusterId();
        return watch.record()
                .map(LeaderRecord::clusterId)
                .filter(id -> own.isPresent() && !own.get().equals(id))
                .map(id -> "the store holds the cluster " + id + ", but this server belongs to " + own.orElseThrow()
                        + ": give each cluster a keyspace of its own");
    }

    private void belong(String cluster) {
        if (parts.peers().self().clusterId().isEmpty()) {
            parts.peers().update(self -> self.inCluster(cluster));
        }
    }

    private static Peer attribute(Peer self, String name, String value) {
        Map<String, String> all = new TreeMap<>(self.attributes());
        all.put(name, value);
        return self.with(all);
    }

    /** What gossip shows of the one that leads. */
    private record Gossiped(Peers peers) implements Watch.Others {
        @Override
        public boolean gone(String node) {
            return peers.named(node)
                    .map(p -> p.member().status())
                    .filter(s -> s == MemberStatus.FAILED || s == MemberStatus.LEFT)
                    .isPresent();
        }

        @Override
        public boolean yielded(String node, long term) {
            return peers.named(node)
                    .flatMap(p -> p.attribute(Peer.YIELDS))
                    .filter(Long.toString(term)::equals)
                    .isPresent();
        }
    }
}
