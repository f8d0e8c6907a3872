package io.dkron.ejb.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.node.NodeData;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.agent.rpc.RpcServer;
import io.dkron.agent.rpc.proto.ForwardGrpc;
import io.dkron.agent.rpc.proto.ForwardPart;
import io.dkron.core.config.Settings;
import io.dkron.core.engine.Condition;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Request;
import io.dkron.core.engine.Timetable;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobStatus;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Layout;
import io.dkron.core.store.MemoryStore;
import io.dkron.ejb.live.EventFilter;
import io.dkron.ejb.live.LiveEvent;
import io.dkron.ejb.live.LiveHub;
import io.dkron.ejb.live.OutputHub;
import io.dkron.ejb.metrics.ServerMetrics;
import io.dkron.ejb.rpc.ForwardService;
import io.dkron.ejb.rpc.LeaderBarrier;
import io.dkron.ejb.rpc.RemoteRoute;
import io.dkron.ejb.service.AppliedIndex;
import io.dkron.ejb.service.ExecutionService;
import io.dkron.ejb.service.GroupWaits;
import io.dkron.ejb.service.JobService;
import io.dkron.ejb.service.LaggingAnswers;
import io.dkron.ejb.service.NodeOutputs;
import io.dkron.ejb.service.ReadModel;
import io.dkron.ejb.service.RunAnswer;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole server that leads, and the parts of one that follows, with a network between them. */
class FollowerTest {
    private static final Layout LAYOUT = Layout.json("dkron");

    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final ScheduledExecutorService later = Executors.newScheduledThreadPool(2);
    private final RpcClients clients = new RpcClients(workers);
    private final AtomicInteger requests = new AtomicInteger();
    private final FakeAgent agent = new FakeAgent();
    private final MemoryStore store = new MemoryStore();
    private final Follower follower = new Follower();
    private final LosingService service = new LosingService();
    private Server leader;
    private RpcServer rpc;

    @BeforeEach
    void start() {
        leader = new Server(new Server.Parts(
                Settings.from(name -> Optional.ofNullable(
                                Map.of("dkron.node-name", "node1").get(name)))
                        .orThrow(),
                new NodeData.Identity("id", 1),
                "1.0.0",
                new SoleCluster(new Copied()),
                agent,
                (settings, node, layout) -> Engines.leader(settings, node, layout, (job, anchor) -> new NoTimetable()),
                workers,
                task -> new Thread(task).start(),
                Thread::new,
                later,
                later,
                code -> {}));
        leader.start();
        service.to = leader.forwarding();
        rpc = RpcServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), List.<BindableService>of(service), workers);
        follower.leader =
                Optional.of(clients.channel(new InetSocketAddress(InetAddress.getLoopbackAddress(), rpc.port())));
        await("the lead")
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> leader.cluster().leads());
    }

    @AfterEach
    void stop() {
        leader.stop();
        clients.close();
        rpc.close();
        workers.shutdownNow();
        later.shutdownNow();
    }

    @Test
    void aWriteOnAFollowerIsDoneByTheLeaderAndReadBackAtOnce() {
        assertThat(save(job("a").build())).isInstanceOf(Outcome.Saved.class);
        assertThat(follower.jobs.find(new JobName("a"))).isPresent();
        assertThat(leader.jobs().find(new JobName("a"))).isPresent();
        assertThat(join(follower.jobs.delete(request(), new JobName("b"), Condition.NONE, false)))
                .isInstanceOf(Outcome.JobNotFound.class);
        assertThat(join(follower.jobs.pause(request(), true))).isEqualTo(new Outcome.PauseSet(true));
        assertThat(follower.jobs.paused()).isTrue();
        assertThat(save(job("c").build())).isInstanceOf(Outcome.Paused.class);
        assertThat(join(follower.jobs.delete(request(), new JobName("a"), Condition.NONE, false)))
                .isInstanceOf(Outcome.Deleted.class);
        assertThat(follower.jobs.find(new JobName("a"))).isEmpty();
    }

    @Test
    void aRunOnAFollowerWaitsForTheEndOfItsGroup() {
        save(job("a").build());
        RunAnswer ended = run("a", Duration.ofSeconds(10));
        assertThat(ended.ended()).isTrue();
        assertThat(ended.job().orElseThrow().state().status()).isEqualTo(JobStatus.SUCCESS);

        agent.hold();
        assertThat(run("a", Duration.ofMillis(50)).ended()).isFalse();
        assertThat(follower.executions.busy()).hasSize(1);
        agent.release();
        await().atMost(10, TimeUnit.SECONDS)
                .until(() -> follower.executions.busy().isEmpty());
        assertThat(follower.executions.list(new JobName("a")).orElseThrow())
                .allMatch(e -> e.state() == ExecutionState.SUCCESS);
    }

    @Test
    void aRunOfAnEphemeralJobIsAnsweredWithTheJobAsItLastWas() {
        save(job("a").ephemeral(true).build());
        RunAnswer ended = run("a", Duration.ofSeconds(10));
        assertThat(ended.ended()).isTrue();
        assertThat(ended.job().orElseThrow().state().status()).isEqualTo(JobStatus.SUCCESS);
        assertThat(ended.job().orElseThrow().state().successCount()).isEqualTo(1);
        assertThat(follower.jobs.find(new JobName("a"))).isEmpty();
    }

    @Test
    void p16AnAnswerThatWasLostIsAskedForAgainAndTheRunHappensOnce() {
        save(job("a").build());
        service.losing = true;
        RunAnswer answer = run("a", Duration.ofSeconds(10));
        assertThat(answer.outcome()).isInstanceOf(Outcome.RunStarted.class);
        assertThat(answer.ended()).isTrue();
        assertThat(agent.accepted).hasSize(1);
    }

    @Test
    void p16AnAnswerThatStaysLostIsUnavailableWithTheIdToAskAgainWith() {
        save(job("a").build());
        service.losing = true;
        service.always = true;
        Request asked = request();
        RunAnswer answer = join(follower.executions.run(asked, new JobName("a"), false, Duration.ZERO));
        assertThat(answer.outcome())
                .isInstanceOfSatisfying(
                        Outcome.Unavailable.class,
                        unavailable -> assertThat(unavailable.requestId()).isEqualTo(asked.id()));
        service.losing = false;
        assertThat(join(follower.executions.run(asked, new JobName("a"), false, Duration.ZERO))
                        .outcome())
                .isInstanceOf(Outcome.Repeated.class);
        assertThat(agent.accepted).hasSize(1);
    }

    @Test
    void withoutALeaderNothingIsDoneAndThatIsSaid() {
        follower.leader = Optional.empty();
        assertThat(save(job("a").build())).isInstanceOf(Outcome.NoLeader.class);
        assertThat(join(follower.barrier.barrier())).isPresent();
        leader.stop(); // reached, but it does not lead: it passes nothing on
        follower.leader =
                Optional.of(clients.channel(new InetSocketAddress(InetAddress.getLoopbackAddress(), rpc.port())));
        assertThat(save(job("a").build())).isInstanceOf(Outcome.NoLeader.class);
        assertThat(leader.jobs().find(new JobName("a"))).isEmpty();
    }

    @Test
    void aLeaderThatComesWhileARequestWaitsGetsIt() {
        Optional<Channel> known = follower.leader;
        follower.leader = Optional.empty();
        CompletionStage<Outcome> saved =
                follower.jobs.save(request(), job("a").build(), List.of(), Condition.NONE, JobService.SaveMode.STORE);
        follower.leader = known;
        assertThat(join(saved)).isInstanceOf(Outcome.Saved.class);
    }

    @Test
    void aLeaderThatShowsNoLifeIsNotWaitedForLong() {
        service.deaf = true;
        follower.silence = Duration.ofSeconds(10);
        Request asked = request();
        CompletableFuture<Outcome> saved = follower.jobs
                .save(asked, job("a").build(), List.of(), Condition.NONE, JobService.SaveMode.STORE)
                .toCompletableFuture();
        // Well below the time that a leader which works is given.
        assertThat(saved.orTimeout(10, TimeUnit.SECONDS).join())
                .isInstanceOfSatisfying(
                        Outcome.Unavailable.class,
                        unavailable -> assertThat(unavailable.requestId()).isEqualTo(asked.id()));
    }

    @Test
    void aRequestThatHangsAtTheOldLeaderIsAskedAgainOfTheNext() {
        LosingService hung = new LosingService();
        hung.deaf = true;
        Optional<Channel> next = follower.leader;
        try (RpcServer old = RpcServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), List.<BindableService>of(hung), workers)) {
            follower.leader =
                    Optional.of(clients.channel(new InetSocketAddress(InetAddress.getLoopbackAddress(), old.port())));
            CompletionStage<Outcome> saved = follower.jobs.save(
                    request(), job("a").build(), List.of(), Condition.NONE, JobService.SaveMode.STORE);
            await("the request to arrive").atMost(10, TimeUnit.SECONDS).until(() -> hung.asked);
            follower.leader = next;
            assertThat(saved.toCompletableFuture()
                            .orTimeout(10, TimeUnit.SECONDS)
                            .join())
                    .isInstanceOf(Outcome.Saved.class);
        }
    }

    @Test
    void p25ACopyThatIsBehindIsSaidToBe() {
        follower.hold();
        Request asked = request();
        assertThat(join(follower.jobs.save(
                        asked, job("a").build(), List.of(), Condition.NONE, JobService.SaveMode.STORE)))
                .isInstanceOf(Outcome.Saved.class);
        assertThat(follower.lagging.take(asked.id())).isTrue();
        assertThat(follower.jobs.find(new JobName("a"))).isEmpty();
        follower.release();
        assertThat(follower.jobs.find(new JobName("a"))).isPresent();
        assertThat(follower.lagging.take(asked.id())).isFalse();
    }

    @Test
    void aConsistentReadWaitsForWhatTheLeaderHas() {
        follower.hold();
        join(leader.jobs().save(request(), job("a").build(), List.of(), Condition.NONE, JobService.SaveMode.STORE));
        CompletableFuture<Optional<String>> reached = follower.barrier.barrier().toCompletableFuture();
        CompletableFuture<Optional<String>> shared = follower.barrier.barrier().toCompletableFuture();
        assertThat(reached).isNotDone();
        follower.release();
        assertThat(join(reached)).isEmpty();
        assertThat(join(shared)).isEmpty();
        assertThat(follower.jobs.find(new JobName("a"))).isPresent();
        assertThat(join(leader.consistency().barrier())).isEmpty();
    }

    @Test
    void p25AWatcherSeesTheSameEventsUnderTheSameIdsOnBothServers() {
        var there = follower.live
                .subscribe(EventFilter.ALL, Optional.empty(), () -> {})
                .orElseThrow();
        var here = leader.live()
                .subscribe(EventFilter.ALL, Optional.empty(), () -> {})
                .orElseThrow();
        save(job("a").build());
        run("a", Duration.ofSeconds(10));
        List<LiveEvent> seen = new ArrayList<>();
        List<LiveEvent> seenThere = new ArrayList<>();
        await().atMost(20, TimeUnit.SECONDS)
                .untilAsserted(
                        () -> { // the answer may come before the leader's last events
                            seen.addAll(here.drain());
                            seenThere.addAll(there.drain());
                            assertThat(seen).hasSizeGreaterThan(3);
                            assertThat(seenThere).isEqualTo(seen);
                        });
        var moved = follower.live
                .subscribe(EventFilter.ALL, Optional.of(seen.get(0).id()), () -> {})
                .orElseThrow();
        assertThat(moved.drain()).isEqualTo(seen.subList(1, seen.size()));
    }

    private static JobDefinition.Builder job(String name) {
        return JobDefinition.named(name).schedule("@manually").executor("shell");
    }

    private Outcome save(JobDefinition job) {
        return join(follower.jobs.save(request(), job, List.of(), Condition.NONE, JobService.SaveMode.STORE));
    }

    private RunAnswer run(String job, Duration wait) {
        return join(follower.executions.run(request(), new JobName(job), false, wait));
    }

    private Request request() {
        return new Request("r" + requests.incrementAndGet(), false);
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    /** The leader's store, which the follower has a copy of. */
    private final class Copied extends ForwardingStore {
        private Copied() {
            super(store);
        }

        @Override
        public synchronized CommitResult commit(Batch batch) {
            CommitResult result = super.commit(batch);
            if (result instanceof CommitResult.Committed committed) {
                follower.copy(committed.version(), batch);
            }
            return result;
        }
    }

    /** The parts of a server that does not lead. */
    private final class Follower {
        private final LiveHub live = new LiveHub(workers);
        private final LaggingAnswers lagging = new LaggingAnswers();
        private final AppliedIndex applied = new AppliedIndex(workers, later);
        private final List<Runnable> held = new ArrayList<>(); // guarded by this
        private final ReadModel model;
        private final JobService jobs;
        private final ExecutionService executions;
        private final LeaderBarrier barrier;
        private volatile Optional<Channel> leader = Optional.empty();
        private volatile Duration silence = Duration.ZERO;
        private boolean holding; // guarded by this

        Follower() {
            GroupWaits waits = new GroupWaits(workers);
            OutputHub outputs = new OutputHub(workers);
            model = new ReadModel(new ReadModel.Parts(
                    LAYOUT,
                    store,
                    live,
                    outputs,
                    waits,
                    applied,
                    new ServerMetrics(),
                    record -> false,
                    new JsonEvents()));
            RemoteRoute route = new RemoteRoute(new RemoteRoute.Parts(
                    () -> false,
                    (request, event) -> CompletableFuture.completedStage(new Outcome.NoLeader(Duration.ofSeconds(1))),
                    () -> leader,
                    applied,
                    lagging,
                    later,
                    System::nanoTime,
                    () -> silence,
                    Optional::empty));
            jobs = new JobService(model, route);
            executions = new ExecutionService(new ExecutionService.Parts(
                    model, LAYOUT.executions(store), route, waits, NodeOutputs.NONE, outputs, later, 1_000));
            barrier = new LeaderBarrier(
                    new LeaderBarrier.Parts(() -> false, () -> false, () -> leader, applied, workers, later));
            model.replaced(0);
        }

        synchronized void copy(long index, Batch batch) {
            Runnable apply = () -> model.applied(index, batch, index);
            if (holding) {
                held.add(apply);
            } else {
                apply.run();
            }
        }

        synchronized void hold() {
            holding = true;
        }

        synchronized void release() {
            holding = false;
            held.forEach(Runnable::run);
            held.clear();
        }
    }

    /** Does what it is asked, and may lose the answer to a run, or do nothing at all. */
    private static final class LosingService extends ForwardGrpc.ForwardImplBase {
        private volatile ForwardService to;
        private volatile boolean losing;
        private volatile boolean always;
        private volatile boolean deaf;
        private volatile boolean asked;

        @Override
        public StreamObserver<ForwardPart> ask(StreamObserver<ForwardPart> answer) {
            asked = true;
            if (deaf) {
                return new Silent();
            }
            if (!losing) {
                return to.ask(answer);
            }
            losing = always;
            return to.ask(new StreamObserver<>() {
                @Override
                public void onNext(ForwardPart part) {
                    answer.onError(Status.UNAVAILABLE.asRuntimeException());
                }

                @Override
                public void onError(Throwable error) {
                    answer.onError(error);
                }

                @Override
                public void onCompleted() {
                    // the answer is lost
                }
            });
        }

        @Override
        public void index(
                io.dkron.agent.rpc.proto.ForwardIndexRequest request,
                StreamObserver<io.dkron.agent.rpc.proto.ForwardIndexResponse> observer) {
            to.index(request, observer);
        }
    }

    /** Hears everything and answers nothing. */
    private static final class Silent implements StreamObserver<ForwardPart> {
        @Override
        public void onNext(ForwardPart part) {}

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}
    }

    /** Never. */
    private record NoTimetable() implements Timetable {
        @Override
        public Optional<Instant> next(Instant after) {
            return Optional.empty();
        }

        @Override
        public Span between(Instant after, Instant until) {
            return Span.NONE;
        }
    }
}
