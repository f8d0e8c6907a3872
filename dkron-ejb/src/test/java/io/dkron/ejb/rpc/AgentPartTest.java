package io.dkron.ejb.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.gossip.Lead;
import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.agent.node.AgentSettings;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.config.Settings;
import io.dkron.core.engine.Event;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.ejb.leader.OwnAgent;
import io.dkron.ejb.live.OutputChunk;
import io.dkron.ejb.service.ClusterService.LeaveAnswer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentPartTest {
    @TempDir
    Path directory;

    private final InstantSource clock = () -> Instant.now().minus(Duration.ofHours(1));
    private final List<RunReport> reported = new CopyOnWriteArrayList<>();

    @Test
    void p17AWallClockAheadOfTheEnginesRefusesNoRunAndDatesNone() throws Exception {
        ScheduledExecutorService workers = Executors.newScheduledThreadPool(10);
        Map<String, String> given = Map.of(
                "dkron.node-name", "node1",
                "dkron.data-dir", directory.toString(),
                "dkron.bind-addr", "127.0.0.1",
                "dkron.rpc-port", "0");
        RpcClients clients = new RpcClients(workers);
        AgentPart part = new AgentPart(
                AgentSettings.from(Settings.from(name -> Optional.ofNullable(given.get(name)))
                        .orThrow()),
                "node1",
                new Led(),
                clients,
                workers);
        part.start(new Taken(), List.of(), clock);
        try {
            Instant recorded = clock.instant();
            List<Event.Handover> answers = part.calls()
                    .run(new Fence("c", 1), "node1", List.of(order(recorded)))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            assertThat(answers)
                    .singleElement()
                    .extracting(Event.Handover::result)
                    .isEqualTo(Event.Handover.Result.ACCEPTED);
            await().atMost(20, TimeUnit.SECONDS).until(() -> !reported.isEmpty());
            assertThat(reported.get(0).startedAt()).isAfterOrEqualTo(recorded);
            assertThat(reported.get(0).finishedAt())
                    .isAfterOrEqualTo(reported.get(0).startedAt())
                    .isBeforeOrEqualTo(clock.instant());
        } finally {
            part.stop(true);
            clients.close();
            workers.shutdownNow();
        }
    }

    private static RunOrder order(Instant recorded) {
        return new RunOrder(
                new ExecutionId(1, "node1"),
                new RunKey("uid", "due:1", "node1", 1),
                new JobName("a"),
                1,
                "shell",
                new TreeMap<>(Map.of("command", "true")),
                Optional.empty(),
                recorded.plusSeconds(10));
    }

    private final class Taken implements OwnAgent.Reports {
        @Override
        public boolean event(Function<Instant, ? extends Event> event) {
            if (event.apply(clock.instant()) instanceof Event.Reported results) {
                reported.addAll(results.reports());
            }
            return true;
        }

        @Override
        public boolean leads() {
            return true;
        }

        @Override
        public Optional<String> leader() {
            return Optional.of("node1");
        }

        @Override
        public void output(JobName job, ExecutionId id, OutputChunk chunk) {
            throw new AssertionError("no output was asked for");
        }

        @Override
        public CompletionStage<LeaveAnswer> leave() {
            return CompletableFuture.completedStage(LeaveAnswer.LEFT);
        }
    }

    /** A cluster of this node, which leads. */
    private static final class Led implements Peers {
        private final Peer self = new Peer(
                new Member("id1", "node1", "127.0.0.1", 1, 1, true, new TreeMap<>(), MemberStatus.ALIVE, "journal"),
                1,
                Optional.of("c"),
                new TreeMap<>());

        @Override
        public Peer self() {
            return self;
        }

        @Override
        public List<Peer> all() {
            return List.of(self);
        }

        @Override
        public Optional<Lead> lead() {
            return Optional.of(new Lead(new Fence("c", 1), "id1"));
        }

        @Override
        public void update(UnaryOperator<Peer> change) {
            throw new AssertionError("nothing changes here");
        }

        @Override
        public void claim(Optional<Lead> lead) {
            throw new AssertionError("nothing changes here");
        }

        @Override
        public AutoCloseable onChange(Runnable callback) {
            callback.run();
            return () -> {};
        }
    }
}
