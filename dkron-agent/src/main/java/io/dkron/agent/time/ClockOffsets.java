package io.dkron.agent.time;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.agent.rpc.Messages;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.agent.rpc.proto.ClockGrpc;
import io.dkron.agent.rpc.proto.NowRequest;
import io.dkron.agent.rpc.proto.NowResponse;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Measures how far other nodes' clocks are from this one's, as NTP does: of several questions the one that was on its way
 * for the shortest time counts. A server asks all other servers every {@link #SERVERS_EACH}, any other node the leader
 * every {@link #LEADER_EACH}; whoever appears is asked at once. A clock that is off by more than a second is logged, once
 * until that changes. Safe for many threads.
 */
public final class ClockOffsets implements AutoCloseable {
    /** Two rounds fit into the age that the engine accepts. */
    public static final Duration SERVERS_EACH = Duration.ofSeconds(4);

    public static final Duration LEADER_EACH = Duration.ofSeconds(10);
    private static final Logger LOG = System.getLogger(ClockOffsets.class.getName());
    private static final int SAMPLES = 4;
    private static final long ANSWER_MILLIS = 2_000;
    private static final double WARN_ABOVE = 1;

    private final Peers peers;
    private final RpcClients clients;
    private final ScheduledExecutorService workers;
    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private final LeaderClock clock;
    private final Map<String, Offset> offsets = new ConcurrentHashMap<>();
    private final Set<String> warned = ConcurrentHashMap.newKeySet();
    private final Set<String> asking = new HashSet<>();
    private final Map<String, String> asked = new HashMap<>();
    private Optional<AutoCloseable> watch = Optional.empty();
    private Optional<ScheduledFuture<?>> rounds = Optional.empty();
    private boolean closed;

    /**
     * @param clock is set by the leader's answers
     * @param wall this machine's wall clock
     */
    public ClockOffsets(
            Peers peers,
            RpcClients clients,
            ScheduledExecutorService workers,
            InstantSource wall,
            LongSupplier nanoTime,
            LeaderClock clock) {
        this.peers = Objects.requireNonNull(peers, "peers");
        this.clients = Objects.requireNonNull(clients, "clients");
        this.workers = Objects.requireNonNull(workers, "workers");
        this.wall = Objects.requireNonNull(wall, "wall");
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /** Begins. Call once. */
    public synchronized void start() {
        long each = (peers.self().member().server() ? SERVERS_EACH : LEADER_EACH).toMillis();
        rounds = Optional.of(workers.scheduleWithFixedDelay(this::round, each, each, TimeUnit.MILLISECONDS));
        watch = Optional.of(peers.onChange(this::changed));
    }

    /** By node name: those that could be asked last time. */
    public Map<String, Offset> offsets() {
        return new TreeMap<>(offsets);
    }

    /**
     * How far the wall clock of each other server within reach is ahead of this one's.
     *
     * @param age how old a measurement may be
     */
    public Map<String, Duration> servers(Duration age) {
        Instant since = wall.instant().minus(age);
        Map<String, Duration> fresh = new TreeMap<>();
        for (Peer peer : others()) {
            Offset offset = offsets.get(peer.member().name());
            if (offset != null && peer.member().server() && offset.at().isAfter(since)) {
                fresh.put(peer.member().name(), offset.duration());
            }
        }
        return fresh;
    }

    /** Whom this node measures. */
    private List<Peer> others() {
        String self = peers.self().member().name();
        List<Peer> wanted = peers.self().member().server()
                ? peers.all().stream().filter(p -> p.member().server()).toList()
                : peers.leader().stream().toList();
        return wanted.stream()
                .filter(p -> p.member().alive() && !p.member().name().equals(self))
                .toList();
    }

    private boolean leads() {
        return peers.leader().isPresent()
                && peers.leader()
                        .get()
                        .member()
                        .id()
                        .equals(peers.self().member().id());
    }

    /** Asks those that are new, and forgets those that are gone. */
    private void changed() {
        if (leads()) {
            clock.leads();
        }
        String leader = peers.leader().map(p -> p.member().id()).orElse("");
        Map<String, String> now = new HashMap<>();
        // A server that took the lead tells another time than before.
        others().forEach(p -> now.put(
                p.member().name(),
                p.member().id() + p.starts() + p.member().id().equals(leader)));
        Set<String> fresh = new HashSet<>();
        synchronized (this) {
            now.forEach((name, who) -> {
                if (!who.equals(asked.put(name, who))) {
                    fresh.add(name);
                }
            });
            asked.keySet().retainAll(now.keySet());
        }
        offsets.keySet().retainAll(now.keySet());
        warned.retainAll(now.keySet());
        others().stream().filter(p -> fresh.contains(p.member().name())).forEach(this::measure);
    }

    private void round() {
        try {
            others().forEach(this::measure);
        } catch (RuntimeException e) { // the next round asks again
            LOG.log(Level.WARNING, "clocks not compared", e);
        }
    }

    private void measure(Peer peer) {
        String name = peer.member().name();
        synchronized (this) {
            if (closed || !asking.add(name)) {
                return;
            }
        }
        next(peer, SAMPLES, Optional.empty());
    }

    /** Asks once more, or ends with the best of the answers. */
    private void next(Peer peer, int left, Optional<Sample> best) {
        if (left == 0) {
            ended(peer, best);
            return;
        }
        ask(peer).whenComplete((sample, error) -> {
            if (error != null) {
                LOG.log(
                        Level.DEBUG,
                        "clock not compared node={0} reason={1}",
                        peer.member().name(),
                        error);
                ended(peer, best);
            } else {
                next(peer, left - 1, best(best, sample));
            }
        });
    }

    private static Optional<Sample> best(Optional<Sample> one, Sample other) {
        return java.util.stream.Stream.concat(one.stream(), java.util.stream.Stream.of(other))
                .min(Comparator.comparingLong(Sample::errorNanos));
    }

    private void ended(Peer peer, Optional<Sample> best) {
        synchronized (this) {
            asking.remove(peer.member().name());
        }
        best.ifPresent(sample -> take(peer, sample));
    }

    private void take(Peer peer, Sample sample) {
        String name = peer.member().name();
        Offset offset = new Offset(sample.offsetNanos() / 1e9, sample.errorNanos() / 1e9, wall.instant());
        offsets.put(name, offset);
        boolean leader = peers.leader()
                .filter(p -> p.member().id().equals(peer.member().id()))
                .isPresent();
        if (leader) {
            clock.heard(sample);
        }
        if (offset.beyond(WARN_ABOVE) && warned.add(name)) {
            LOG.log(
                    Level.WARNING,
                    "clocks differ node={0} offset={1}s error={2}s; set the clocks of both machines",
                    name,
                    seconds(offset.seconds()),
                    seconds(offset.errorBound()));
        } else if (!offset.beyond(WARN_ABOVE) && warned.remove(name)) {
            LOG.log(Level.INFO, "clocks agree again node={0} offset={1}s", name, seconds(offset.seconds()));
        }
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.3f", seconds);
    }

    private CompletableFuture<Sample> ask(Peer peer) {
        CompletableFuture<Sample> sample = new CompletableFuture<>();
        try {
            Instant asked = wall.instant();
            long begun = nanoTime.getAsLong();
            ClockGrpc.newStub(clients.channel(RpcClients.address(peer.member())))
                    .withDeadlineAfter(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
                    .now(NowRequest.getDefaultInstance(), new StreamObserver<>() {
                        @Override
                        public void onNext(NowResponse now) {
                            long answered = nanoTime.getAsLong();
                            sample.complete(new Sample(
                                    asked,
                                    answered - begun,
                                    Messages.instant(now.getReceived()),
                                    Messages.instant(now.getSent()),
                                    now.getAheadNanos(),
                                    answered));
                        }

                        @Override
                        public void onError(Throwable error) {
                            sample.completeExceptionally(error);
                        }

                        @Override
                        public void onCompleted() {
                            sample.completeExceptionally(new IllegalStateException("nothing was answered"));
                        }
                    });
        } catch (RejectedExecutionException | IllegalStateException e) {
            sample.completeExceptionally(e); // the node stops
        }
        return sample;
    }

    @Override
    public void close() throws Exception {
        Optional<AutoCloseable> watching;
        synchronized (this) {
            closed = true;
            rounds.ifPresent(r -> r.cancel(false));
            watching = watch;
        }
        if (watching.isPresent()) {
            watching.get().close();
        }
    }
}
