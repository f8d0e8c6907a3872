package io.dkron.ejb.wiring;

import io.dkron.agent.gossip.Lead;
import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.agent.gossip.SelfMember;
import io.dkron.agent.node.NodeData;
import io.dkron.agent.time.ClockOffsets;
import io.dkron.agent.time.ClockService;
import io.dkron.agent.time.LeaderClock;
import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.cluster.Trust;
import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import io.dkron.core.engine.Effect;
import io.dkron.core.engine.Event;
import io.dkron.core.engine.TimeKeeper;
import io.dkron.core.store.ExecutionRepository;
import io.dkron.core.store.Layout;
import io.dkron.ejb.backup.Restores;
import io.dkron.ejb.leader.Dispatcher;
import io.dkron.ejb.leader.Election;
import io.dkron.ejb.leader.EngineClock;
import io.dkron.ejb.leader.EngineLoop;
import io.dkron.ejb.leader.ExecutionLists;
import io.dkron.ejb.leader.KeptLogs;
import io.dkron.ejb.leader.LeaderAuthority;
import io.dkron.ejb.leader.OwnAgent;
import io.dkron.ejb.leader.Performers;
import io.dkron.ejb.leader.Processing;
import io.dkron.ejb.leader.StoreWriter;
import io.dkron.ejb.live.LiveHub;
import io.dkron.ejb.live.OutputHub;
import io.dkron.ejb.metrics.MemberChange;
import io.dkron.ejb.metrics.ServerMetrics;
import io.dkron.ejb.notify.Notifier;
import io.dkron.ejb.rpc.ForwardService;
import io.dkron.ejb.rpc.LeaderBarrier;
import io.dkron.ejb.rpc.MemberOutputs;
import io.dkron.ejb.rpc.OperatorService;
import io.dkron.ejb.rpc.PeerChannels;
import io.dkron.ejb.rpc.RemoteRoute;
import io.dkron.ejb.service.AppliedIndex;
import io.dkron.ejb.service.CatalogJob;
import io.dkron.ejb.service.ClusterService;
import io.dkron.ejb.service.ClusterService.LeaveAnswer;
import io.dkron.ejb.service.Consistency;
import io.dkron.ejb.service.ExecutionService;
import io.dkron.ejb.service.GroupWaits;
import io.dkron.ejb.service.JobService;
import io.dkron.ejb.service.LaggingAnswers;
import io.dkron.ejb.service.NodeOutputs;
import io.dkron.ejb.service.OutputFollower;
import io.dkron.ejb.service.ReadModel;
import io.dkron.ejb.service.StoreService;
import io.dkron.ejb.store.StoreGuard;
import io.grpc.BindableService;
import io.grpc.Channel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/**
 * A server, made of its parts by hand and without a container, so that tests make it the same way. Starting leads as
 * soon as the store allows; until then, and whenever the store is away, it answers that it cannot and says why.
 */
public final class Server {
    private static final Logger LOG = System.getLogger(Server.class.getName());
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);
    private static final Duration WATCH_EACH = Duration.ofSeconds(1);
    private static final Duration BEAT_LOOK = Duration.ofMillis(500);
    private static final Duration KEPT_EACH = Duration.ofSeconds(30);
    private static final Duration LOOK_EACH = Duration.ofMillis(100);
    private static final Duration HAND_OVER_WITHIN = Duration.ofSeconds(5);
    private static final Duration RESTORE_AGAIN = Duration.ofMillis(250);
    private static final int JOBS_SHARE = 2; // half of the heap is for jobs
    private static final Duration ANSWER_FIRST = Duration.ofMillis(300);

    /**
     * What a server is given.
     *
     * @param settings checked
     * @param identity of the node
     * @param version of the program
     * @param cluster the others and the store, raw: the server guards it; not started
     * @param agent the node's agent part, not started
     * @param engines makes engines
     * @param workers threads for short work, few, since a container's requests run on them too
     * @param loops runs each of the two long loops on a thread of its own
     * @param threads makes threads for what may take long
     * @param later runs things later
     * @param limits time limits of requests, of which there are many and hardly any is reached
     * @param exit ends the process with a code, after a leave
     */
    public record Parts(
            Settings settings,
            NodeData.Identity identity,
            String version,
            ClusterPart cluster,
            OwnAgent agent,
            EngineFactory engines,
            ExecutorService workers,
            Executor loops,
            ThreadFactory threads,
            ScheduledExecutorService later,
            ScheduledExecutorService limits,
            IntConsumer exit) {
        public Parts {
            Objects.requireNonNull(settings, "settings");
            Objects.requireNonNull(identity, "identity");
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(cluster, "cluster");
            Objects.requireNonNull(agent, "agent");
            Objects.requireNonNull(engines, "engines");
            Objects.requireNonNull(workers, "workers");
            Objects.requireNonNull(loops, "loops");
            Objects.requireNonNull(threads, "threads");
            Objects.requireNonNull(later, "later");
            Objects.requireNonNull(limits, "limits");
            Objects.requireNonNull(exit, "exit");
        }
    }

    /** Makes the engine of a server. */
    @FunctionalInterface
    public interface EngineFactory {
        EngineLoop.Brain engine(Settings settings, String node, Layout layout);
    }

    private final Parts parts;
    private final String node;
    private final LifeCycle life = new LifeCycle("server");
    private final ServerMetrics metrics = new ServerMetrics();
    private final EngineClock clock = new EngineClock(InstantSource.system(), System::nanoTime, this::otherClocks);
    private final LeaderClock agentClock = new LeaderClock(clock, System::nanoTime);
    private final Optional<ClockOffsets> offsets;
    private final Optional<PeerChannels> channels;
    private final Trust trust;
    private final LiveHub live;
    private final OutputHub outputs;
    private final ReadModel model;
    private final StoreGuard guard;
    private final EngineLoop loop;
    private final StoreWriter writer;
    private final Takeovers takeovers;
    private final Dispatcher dispatcher;
    private final Notifier notifier;
    private final AtomicInteger outbox = new AtomicInteger();
    private final Membership membership;
    private final ServerReadiness readiness;
    private final JobService jobs;
    private final Restores restores;
    private final StoreService store;
    private final ExecutionService executions;
    private final ClusterService cluster;
    private final AppliedIndex applied;
    private final NodeOutputs nodeOutputs;
    private final ClusterEvents events;
    private final LaggingAnswers lagging = new LaggingAnswers();
    private final LeaderBarrier barrier;
    private final KeptLogs keptLogs;
    private volatile Map<String, Duration> clocks = Map.of();
    private List<Member> lastMembers = List.of(); // of the one thread that tells of changes
    private volatile int killed;
    private volatile boolean leaving;

    public Server(Parts parts) {
        this.parts = parts;
        Settings settings = parts.settings();
        node = SelfMember.name(settings);
        Executor wakers = this::wake;
        Layout layout = Layout.json(settings.string(Setting.KEYSPACE));
        live = new LiveHub(wakers);
        outputs = new OutputHub(wakers);
        Election election = parts.cluster().election();
        trust = new Trust(election.lease());
        Peers peers = parts.cluster().peers();
        channels = parts.cluster().clients().map(clients -> new PeerChannels(peers, clients));
        offsets = parts.cluster()
                .clients()
                .map(clients -> new ClockOffsets(
                        peers, clients, parts.later(), InstantSource.system(), System::nanoTime, agentClock));
        guard = new StoreGuard(election.store(), System::nanoTime, metrics::committed);
        GroupWaits waits = new GroupWaits(parts.workers());
        applied = new AppliedIndex(parts.workers(), parts.limits());
        model = new ReadModel(new ReadModel.Parts(
                layout, guard, live, outputs, waits, applied, metrics, this::leads, new JsonEvents()));
        parts.cluster().listener(model);
        parts.cluster().onForgotten(this::forgotten);
        nodeOutputs = new MemberOutputs(
                node, parts.agent().outputs(), name -> channels.flatMap(to -> to.node(name)), System::nanoTime);
        Performers performers = new Performers();
        loop = new EngineLoop(
                () -> parts.engines().engine(settings, node, layout),
                clock,
                System::nanoTime,
                performers,
                parts.workers());
        takeovers = new Takeovers(guard, election, layout, node, this::clusterId, parts.agent()::fence, clock);
        writer = new StoreWriter(guard, takeovers, trust, System::nanoTime, loop::tell);
        dispatcher = new Dispatcher(
                parts.agent().calls(),
                new LeaderAuthority(trust, election, writer::eligible, System::nanoTime),
                parts.workers(),
                clock,
                loop::tell,
                metrics::dispatched);
        notifier = new Notifier(new Notifier.Parts(
                settings,
                node,
                layout.executions(guard),
                parts.threads(),
                parts.workers(),
                parts.later(),
                metrics,
                loop::tell));
        perform(performers, layout.executions(guard));
        membership = new Membership(parts.cluster(), parts.agent(), model, writer, this::otherClocks, parts.workers());
        events = new ClusterEvents(membership, live);
        readiness = new ServerReadiness(guard, writer, parts.cluster(), model, clock, life);
        RemoteRoute route = new RemoteRoute(new RemoteRoute.Parts(
                this::leading,
                loop::ask,
                this::leaderElsewhere,
                applied,
                lagging,
                parts.limits(),
                System::nanoTime,
                election::silence,
                guard::trouble));
        barrier = new LeaderBarrier(new LeaderBarrier.Parts(
                this::leading, election::confirm, this::leaderElsewhere, applied, parts.workers(), parts.limits()));
        jobs = new JobService(model, route);
        restores = new Restores(
                jobs,
                settings.path(Setting.DATA_DIR).orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"))),
                Runtime.getRuntime().maxMemory() / JOBS_SHARE,
                new Restores.Patience(System::nanoTime, Server::pause));
        store = new StoreService(route);
        executions = new ExecutionService(new ExecutionService.Parts(
                model, layout.executions(guard), route, waits, nodeOutputs, outputs, parts.limits(), (int)
                        settings.bytes(Setting.OUTPUT_LIMIT)));
        cluster = new ClusterService(membership, readiness, settings.string(Setting.BACKEND), this::leave);
        keptLogs = new KeptLogs(parts.agent().calls(), this::fence, this::aliveMembers, this::jobsThatKeepLogs);
        gauges();
    }

    /** Starts everything; leads as soon as the store allows. @throws IllegalStateException when a part does not start */
    public void start() {
        life.begin();
        life.start("store writer", () -> parts.loops().execute(named("store-writer", writer)), writer::stop);
        life.start("notifications", () -> {}, notifier::stop);
        life.start("engine", () -> parts.loops().execute(named("engine", loop)), () -> loop.stop(STOP_WITHIN));
        life.start(
                "agent",
                () -> parts.agent().start(new AgentReports(loop, outputs, cluster), services(), agentClock),
                this::stopAgent);
        OutputFollower follower = new OutputFollower(
                outputs, source -> model.unended(source.job(), source.id()), nodeOutputs, parts.workers());
        AtomicReference<ScheduledFuture<?>> following = new AtomicReference<>();
        life.start(
                "live output",
                () -> following.set(parts.later()
                        .scheduleWithFixedDelay(
                                follower, LOOK_EACH.toMillis(), LOOK_EACH.toMillis(), TimeUnit.MILLISECONDS)),
                () -> following.get().cancel(false));
        life.start(
                "cluster",
                () -> parts.cluster().start(self()),
                () -> parts.cluster().stop());
        AtomicReference<AutoCloseable> watching = new AtomicReference<>();
        life.start(
                "members",
                () -> watching.set(parts.cluster().peers().onChange(this::tellMembers)),
                () -> watching.get().close());
        life.start("election", () -> parts.cluster().election().start(candidate()), this::stopElection);
        AtomicReference<ScheduledFuture<?>> clockWatch = new AtomicReference<>();
        life.start(
                "clocks",
                () -> {
                    offsets.ifPresent(ClockOffsets::start);
                    clockWatch.set(parts.later()
                            .scheduleWithFixedDelay(
                                    this::watchClocks,
                                    WATCH_EACH.toMillis(),
                                    WATCH_EACH.toMillis(),
                                    TimeUnit.MILLISECONDS));
                },
                () -> {
                    clockWatch.get().cancel(false);
                    if (offsets.isPresent()) {
                        offsets.get().close();
                    }
                });
        AtomicReference<ScheduledFuture<?>> keptLogs = new AtomicReference<>();
        life.start(
                "kept logs",
                () -> keptLogs.set(parts.later()
                        .scheduleWithFixedDelay(
                                this::lookAtKeptLogs,
                                KEPT_EACH.toMillis(),
                                KEPT_EACH.toMillis(),
                                TimeUnit.MILLISECONDS)),
                () -> keptLogs.get().cancel(false));
        AtomicReference<ScheduledFuture<?>> beats = new AtomicReference<>();
        parts.cluster()
                .election()
                .beat()
                .ifPresent(age -> life.start(
                        "beats",
                        () -> beats.set(parts.later()
                                .scheduleWithFixedDelay(
                                        () -> beat(age),
                                        BEAT_LOOK.toMillis(),
                                        BEAT_LOOK.toMillis(),
                                        TimeUnit.MILLISECONDS)),
                        () -> beats.get().cancel(false)));
        // What runs here is ended before this node leaves the others, who store the results.
        life.start("runs", () -> {}, this::stopAgent);
        life.running();
    }

    /**
     * Begins nothing new, ends what runs as the settings say, stores what ended meanwhile, and stops everything. A second
     * call answers the same.
     *
     * @return how many runs were ended by force
     */
    public int stop() {
        readiness.draining();
        if (life.state() == LifeCycle.State.RUNNING) {
            parts.cluster().leaving();
        }
        loop.quiet();
        dispatcher.quiet();
        if (writer.eligible()) {
            parts.cluster().election().handOver(HAND_OVER_WITHIN);
        }
        life.stop();
        return killed;
    }

    public JobService jobs() {
        return jobs;
    }

    public Restores restores() {
        return restores;
    }

    public StoreService store() {
        return store;
    }

    public ExecutionService executions() {
        return executions;
    }

    public ClusterService cluster() {
        return cluster;
    }

    public Consistency consistency() {
        return barrier;
    }

    public LaggingAnswers lagging() {
        return lagging;
    }

    public LiveHub live() {
        return live;
    }

    public ServerMetrics metrics() {
        return metrics;
    }

    public Settings settings() {
        return parts.settings();
    }

    /** Whether the engine's thread turns. */
    public boolean alive() {
        return life.state() != LifeCycle.State.RUNNING || loop.turnedWithin(Duration.ofSeconds(30));
    }

    private void perform(Performers performers, ExecutionRepository stored) {
        ExecutionLists lists = new ExecutionLists(stored, parts.workers(), loop::tell);
        Processing processing = new Processing(
                node,
                parts.agent()::processor,
                new WholeOutputs(nodeOutputs, parts.settings().bytes(Setting.OUTPUT_MAX)),
                parts.later(),
                clock,
                loop::tell,
                metrics::processorFailed);
        performers
                .on(Effect.Commit.class, writer::commit)
                .on(Effect.Reload.class, r -> {
                    takeovers.reload(r);
                    writer.take(r.reason());
                })
                .on(Effect.Dispatch.class, dispatcher::dispatch)
                .on(Effect.AskAgent.class, dispatcher::ask)
                .on(Effect.Cancel.class, dispatcher::cancel)
                .on(Effect.Acknowledge.class, dispatcher::acknowledge)
                .on(Effect.Process.class, processing::process)
                .on(Effect.ListExecutions.class, lists::list)
                .on(Effect.ReadExecution.class, lists::read)
                .on(Effect.Notify.class, notifier::tell)
                .on(Effect.NoticeDropped.class, d -> metrics.notified(d.channel(), ServerMetrics.Told.DROPPED))
                .on(Effect.OutboxSize.class, size -> outbox.set(size.waiting()))
                .on(Effect.Publish.class, this::publish)
                // Who waits for the end of a group sees it in the stored job, as on every other server.
                .on(Effect.GroupEnded.class, end -> {});
    }

    /** What changed is read from the commits themselves, as on every other server. */
    private void publish(Effect.Publish effect) {
        model.share(effect.jobs());
        if (effect.complete()) {
            takeovers
                    .lead()
                    .map(lead -> new Lead(lead.fence(), parts.identity().id()))
                    .ifPresent(lead -> parts.cluster().peers().claim(Optional.of(lead)));
            parts.agent().led();
        }
    }

    /** What an election says, in order, on a thread of its own. */
    private Election.Candidate candidate() {
        return new Election.Candidate() {
            @Override
            public void elected(String reason) {
                metrics.leadAcquired();
                clock.elected();
                guard.writing(true);
                writer.elected(reason);
            }

            @Override
            public void deposed(String reason) {
                if (writer.eligible()) {
                    metrics.leadLost();
                }
                if (writer.eligible() || parts.cluster().peers().lead().isPresent()) {
                    takeovers.othersLed();
                }
                writer.deposed(reason);
                guard.writing(false);
                parts.cluster().peers().claim(Optional.empty());
            }
        };
    }

    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(RESTORE_AGAIN.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What this server does when another one forwards to it. */
    ForwardService forwarding() {
        return new ForwardService(loop::ask, applied::get, barrier::confirmedIndex);
    }

    /** What this server offers to others by RPC, beside what its agent does. */
    private List<BindableService> services() {
        List<BindableService> services = new ArrayList<>(parts.cluster().services());
        services.add(forwarding());
        services.add(new OperatorService(cluster, store));
        services.add(new ClockService(InstantSource.system(), clock));
        return services;
    }

    /** How far the clocks of the other servers within reach are ahead; at most a second old, since it is asked often. */
    private Map<String, Duration> otherClocks() {
        return clocks;
    }

    /** A server whose clock is off the majority's does not lead, where another can (protocol P17). */
    private void watchClocks() {
        clocks = offsets.map(o -> o.servers(TimeKeeper.FRESH)).orElse(Map.of());
        if (writer.eligible() && !clock.eligible() && parts.cluster().election().handOver(HAND_OVER_WITHIN)) {
            LOG.log(Level.WARNING, "lead handed over: this machine''s clock is off that of most servers");
        }
    }

    /** The store hears of this leader although there is nothing to commit. */
    private void beat(Duration age) {
        if (leading()
                && trust.left(System.nanoTime())
                                .compareTo(parts.cluster().election().lease().minus(age))
                        < 0) {
            loop.tell(Event.Beat::new);
        }
    }

    private void lookAtKeptLogs() {
        try {
            keptLogs.run();
        } catch (RuntimeException e) { // looked at again the next time
            LOG.log(Level.WARNING, "outputs that members keep not looked at", e);
        }
    }

    /** Under which this node leads now. */
    private Optional<Fence> fence() {
        return leading() ? takeovers.lead().map(LeaderRecord::fence) : Optional.empty();
    }

    private List<String> aliveMembers() {
        return membership.members().stream()
                .filter(Member::alive)
                .map(Member::name)
                .toList();
    }

    private Optional<Set<String>> jobsThatKeepLogs() {
        return model.loaded()
                ? Optional.of(model.jobs().all().stream()
                        .map(CatalogJob::job)
                        .filter(job -> job.definition().keepLogs().isPresent())
                        .map(job -> job.state().uid())
                        .collect(Collectors.toSet()))
                : Optional.empty();
    }

    private Optional<String> clusterId() {
        return parts.cluster().peers().self().clusterId();
    }

    private void tellMembers() {
        List<Member> members = membership.members();
        MemberChange.between(lastMembers, members).forEach(metrics::memberChanged);
        lastMembers = members;
        loop.tell(now -> new Event.Members(now, members));
        events.run();
    }

    private void forgotten(String member) {
        loop.tell(now -> new Event.MemberRemoved(now, member));
    }

    private Peer self() {
        Member member = SelfMember.of(
                parts.settings(),
                parts.identity().id(),
                parts.version(),
                parts.agent().rpcPort(),
                parts.agent().journalId());
        SortedMap<String, String> attributes = new TreeMap<>();
        attributes.put(
                Peer.EXECUTORS,
                parts.agent().executors().keySet().stream().sorted().collect(Collectors.joining(",")));
        return new Peer(member, parts.identity().starts(), Optional.empty(), attributes);
    }

    private void stopElection() {
        if (leaving) { // while this server still is a member that others answer
            parts.cluster()
                    .leave()
                    .ifPresent(
                            why -> LOG.log(Level.WARNING, "left, but still counted as a server reason=\"{0}\"", why));
        }
        parts.cluster().election().stop();
    }

    private boolean leading() {
        return writer.trouble().isEmpty();
    }

    private Optional<Channel> leaderElsewhere() {
        return channels.flatMap(PeerChannels::leader);
    }

    /** Whether a commit is of this node's present lead. */
    private boolean leads(LeaderRecord commit) {
        return commit.node().equals(node) && leading();
    }

    private void gauges() {
        metrics.gauge("dkron_jobs", "Stored jobs.", jobs::size);
        metrics.gauge("dkron_executions_running", "Executions that run.", model::running);
        metrics.gauge("dkron_firings_held", "Firings that are due and not recorded.", readiness::held);
        metrics.gauge("dkron_store_up", "1 while the store answers.", readiness::storeUp);
        metrics.gauge("dkron_is_leader", "1 while this node leads.", () -> cluster.leads() ? 1 : 0);
        metrics.gauge("dkron_term", "The leader's term.", cluster::term);
        metrics.gauge("dkron_notifications_waiting", "Messages in this leader's outbox.", outbox::get);
        metrics.gauge("dkron_requests_waiting", "Letters in the engine's mailbox.", loop::waiting);
        for (MemberStatus status : MemberStatus.values()) {
            metrics.members(status, () -> cluster.count(status));
        }
        metrics.clockOffsets(cluster::clockOffsets);
    }

    private void stopAgent() throws Exception {
        killed = Math.max(killed, parts.agent().stop(leaving));
    }

    private CompletionStage<LeaveAnswer> leave() {
        leaving = true;
        return CompletableFuture.supplyAsync(
                () -> {
                    int forced = stop();
                    // The answer goes out first; then the process ends.
                    parts.later()
                            .schedule(
                                    () -> parts.exit().accept(forced > 0 ? 1 : 0),
                                    ANSWER_FIRST.toMillis(),
                                    TimeUnit.MILLISECONDS);
                    return LeaveAnswer.LEFT;
                },
                parts.workers());
    }

    /** Wakes a watcher; when the node stops, nobody needs to wake. */
    private void wake(Runnable ready) {
        try {
            parts.workers().execute(ready);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "a watcher was not woken, the node stops", e);
        }
    }

    /** Runs a long loop under its own thread name. */
    private static Runnable named(String name, Runnable loop) {
        return () -> {
            Thread thread = Thread.currentThread();
            String before = thread.getName();
            thread.setName("dkron-" + name);
            try {
                loop.run();
            } finally {
                thread.setName(before);
            }
        };
    }
}
