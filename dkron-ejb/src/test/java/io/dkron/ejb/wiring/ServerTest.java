package io.dkron.ejb.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.node.NodeData;
import io.dkron.core.cluster.Fence;
import io.dkron.core.config.Settings;
import io.dkron.core.engine.Condition;
import io.dkron.core.engine.LeaderRecords;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Request;
import io.dkron.core.engine.Timetable;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.executor.ConfigKey;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobStatus;
import io.dkron.core.store.Layout;
import io.dkron.core.store.MemoryStore;
import io.dkron.core.store.Store;
import io.dkron.ejb.live.EventFilter;
import io.dkron.ejb.live.LiveEvent;
import io.dkron.ejb.service.Installed;
import io.dkron.ejb.service.JobQuery;
import io.dkron.ejb.service.JobService;
import io.dkron.ejb.service.RunAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole server without a container: real engine, loop and services over a store in memory and a fake agent. */
class ServerTest {
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final ScheduledExecutorService later = Executors.newScheduledThreadPool(2);
    private final AtomicInteger exit = new AtomicInteger(-1);
    private final AtomicInteger requests = new AtomicInteger();
    private final FlakyStore store = new FlakyStore(new MemoryStore());
    private FakeAgent agent = new FakeAgent();
    private Server server;

    @BeforeEach
    void start() {
        server = make();
        server.start();
        await("the lead")
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> server.cluster().readiness().reasons().isEmpty());
    }

    @AfterEach
    void stop() {
        server.stop();
        workers.shutdownNow();
        later.shutdownNow();
    }

    @Test
    void aSavedJobIsReadBackAtOnceAndRunsOnItsSchedule() {
        Outcome saved = save(
                JobDefinition.named("a").schedule("@every 1s").executor("shell").build());
        assertThat(saved).isInstanceOf(Outcome.Saved.class);
        assertThat(server.jobs().list(JobQuery.ALL).total()).isEqualTo(1);

        await("two runs")
                .atMost(20, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(executions("a"))
                        .filteredOn(e -> e.state() == ExecutionState.SUCCESS)
                        .hasSizeGreaterThanOrEqualTo(2));
        assertThat(server.jobs()
                        .find(new JobName("a"))
                        .orElseThrow()
                        .job()
                        .state()
                        .successCount())
                .isGreaterThanOrEqualTo(2);
        assertThat(server.metrics().text()).contains("dkron_jobs 1\n").contains("dkron_is_leader 1\n");
        assertThat(agent.acknowledged).isNotEmpty();
    }

    @Test
    void f22ARunWaitsForItsGroupButNoLongerThanAsked() {
        save(JobDefinition.named("a").schedule("@manually").executor("shell").build());
        RunAnswer ended = run("a", Duration.ofSeconds(10));
        assertThat(ended.ended()).isTrue();
        assertThat(ended.job().orElseThrow().state().status()).isEqualTo(JobStatus.SUCCESS);

        agent.hold();
        RunAnswer waiting = run("a", Duration.ofMillis(50));
        assertThat(waiting.ended()).isFalse();
        assertThat(waiting.job().orElseThrow().state().status()).isEqualTo(JobStatus.RUNNING);
        assertThat(server.executions().busy()).hasSize(1);
        assertThat(server.metrics().text()).contains("dkron_executions_running 1\n");
        agent.release();
        await().atMost(10, TimeUnit.SECONDS)
                .until(() -> server.executions().busy().isEmpty());
    }

    @Test
    void f43WhileTheStoreIsAwayNothingEndsAndEverythingComesBack() {
        save(JobDefinition.named("a").schedule("@every 1s").executor("shell").build());
        store.away("disk full");
        await().atMost(20, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(server.cluster().readiness().reasons())
                        .anySatisfy(r -> assertThat(r).contains("disk full")));
        assertThat(save(JobDefinition.named("b").schedule("@manually").build()))
                .isInstanceOfAny(Outcome.NoLeader.class, Outcome.Unavailable.class);
        assertThat(server.jobs().find(new JobName("a"))).isPresent();

        int before = agent.accepted.size();
        store.back();
        await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> {
            assertThat(agent.accepted.size()).isGreaterThan(before + 1);
            assertThat(server.cluster().readiness().reasons()).isEmpty();
        });
        assertThat(save(JobDefinition.named("b").schedule("@manually").build())).isInstanceOf(Outcome.Saved.class);
    }

    @Test
    void whatIsInstalledIsListedWithItsKeysAndWithWhoHasIt() {
        List<String> here = List.of(server.cluster().self().name());
        assertThat(server.cluster().executors())
                .containsExactly(
                        new Installed("shell", List.of(new ConfigKey("command", true, false, "What to run.")), here));
        assertThat(server.cluster().processors()).containsExactly(new Installed("log", List.of(), here));
        assertThat(server.cluster().hasExecutor("shell")).isTrue();
        assertThat(server.cluster().hasExecutor("she")).isFalse();
    }

    @Test
    void theTermIsRaisedAtEachStartAndJobsAreThereAgain() {
        save(JobDefinition.named("a").schedule("@manually").build());
        long term = server.cluster().term();
        server.stop();
        agent = new FakeAgent();
        server = make();
        server.start();
        await().atMost(20, TimeUnit.SECONDS).until(() -> server.cluster().leads());
        assertThat(server.cluster().term()).isEqualTo(term + 1);
        assertThat(server.jobs().find(new JobName("a"))).isPresent();
    }

    @Test
    void p14OnAStoreThatWentBackNobodyLeadsUntilAnOperatorAcceptsIt() {
        save(JobDefinition.named("a").schedule("@every 1s").executor("shell").build());
        assertThat(join(server.store().acceptRollback(request()))).isInstanceOf(Outcome.NotRolledBack.class);
        long term = server.cluster().term();
        server.stop();
        agent = new FakeAgent().sawBefore(new Fence(clusterId(), term + 5));
        server = make();
        server.start();
        await().atMost(20, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(server.cluster().readiness().reasons())
                        .anySatisfy(r -> assertThat(r).contains("went back in time")));
        assertThat(server.cluster().leads()).isFalse();
        assertThat(save(JobDefinition.named("b").schedule("@manually").build())).isInstanceOf(Outcome.NoLeader.class);
        assertThat(agent.accepted).isEmpty();

        assertThat(join(server.store().acceptRollback(request()))).isEqualTo(new Outcome.RollbackAccepted(term + 6));

        await().atMost(20, TimeUnit.SECONDS).until(() -> server.cluster().leads());
        assertThat(server.cluster().term()).isEqualTo(term + 6);
        assertThat(server.cluster().readiness().reasons()).isEmpty();
        assertThat(save(JobDefinition.named("b").schedule("@manually").build())).isInstanceOf(Outcome.Saved.class);
        await().atMost(20, TimeUnit.SECONDS).until(() -> !agent.accepted.isEmpty());
    }

    private String clusterId() {
        return LeaderRecords.JSON
                .read(store.get(Layout.json("dkron").keys().leader())
                        .orElseThrow()
                        .value())
                .clusterId();
    }

    @Test
    void whoWatchesSeesJobsAndExecutionsInOrder() {
        var watcher = server.live()
                .subscribe(EventFilter.ALL, Optional.empty(), () -> {})
                .orElseThrow();
        save(JobDefinition.named("a").schedule("@manually").executor("shell").build());
        run("a", Duration.ofSeconds(10));
        List<LiveEvent> seen = watcher.drain();
        assertThat(seen).extracting(LiveEvent::type).contains(LiveEvent.Type.JOB, LiveEvent.Type.EXECUTION);
        assertThat(seen).extracting(e -> e.id().n()).isSorted();
    }

    @Test
    void aLeaveDrainsAnswersAndEndsTheProcess() {
        join(server.cluster().leave());
        await().atMost(10, TimeUnit.SECONDS).until(() -> exit.get() == 0);
        assertThat(server.cluster().readiness().stopping()).isTrue();
        assertThat(save(JobDefinition.named("a").schedule("@manually").build())).isInstanceOf(Outcome.NoLeader.class);
    }

    private Server make() {
        return new Server(new Server.Parts(
                Settings.from(name -> Optional.ofNullable(
                                Map.of("dkron.node-name", "node1").get(name)))
                        .orThrow(),
                new NodeData.Identity("id", 1),
                "1.0.0",
                new SoleCluster(store),
                agent,
                (settings, node, layout) ->
                        Engines.leader(settings, node, layout, (job, anchor) -> new Every(job.schedule(), anchor)),
                workers,
                task -> new Thread(task).start(),
                Thread::new,
                later,
                later,
                exit::set));
    }

    private Outcome save(JobDefinition job) {
        return join(server.jobs().save(request(), job, List.of(), Condition.NONE, JobService.SaveMode.STORE));
    }

    private RunAnswer run(String job, Duration wait) {
        return join(server.executions().run(request(), new JobName(job), false, wait));
    }

    private List<Execution> executions(String job) {
        return server.executions().list(new JobName(job)).orElseThrow();
    }

    private Request request() {
        return new Request("r" + requests.incrementAndGet(), false);
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    /** {@code @every 1s}, or never. */
    private record Every(String schedule, Instant anchor) implements Timetable {
        @Override
        public Optional<Instant> next(Instant after) {
            return schedule.equals("@every 1s")
                    ? Optional.of(Instant.ofEpochSecond(after.getEpochSecond() + 1))
                    : Optional.empty();
        }

        @Override
        public Span between(Instant after, Instant until) {
            long count = schedule.equals("@every 1s") ? until.getEpochSecond() - after.getEpochSecond() : 0;
            return count <= 0
                    ? Span.NONE
                    : new Span(
                            count,
                            Instant.ofEpochSecond(after.getEpochSecond() + 1),
                            Instant.ofEpochSecond(until.getEpochSecond()));
        }
    }

    /** A store that can be away for commits. */
    private static final class FlakyStore extends ForwardingStore {
        private volatile Optional<String> trouble = Optional.empty();

        private FlakyStore(Store store) {
            super(store);
        }

        private void away(String why) {
            trouble = Optional.of(why);
        }

        private void back() {
            trouble = Optional.empty();
        }

        @Override
        public io.dkron.core.store.CommitResult commit(io.dkron.core.store.Batch batch) {
            return trouble.<io.dkron.core.store.CommitResult>map(io.dkron.core.store.CommitResult.Failed::new)
                    .orElseGet(() -> super.commit(batch));
        }
    }
}
