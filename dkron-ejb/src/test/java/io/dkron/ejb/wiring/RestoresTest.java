package io.dkron.ejb.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.node.NodeData;
import io.dkron.core.config.Settings;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Outcome.Restored.Item;
import io.dkron.core.engine.Request;
import io.dkron.core.engine.ScheduleTimetables;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.problem.Problem;
import io.dkron.core.store.MemoryStore;
import io.dkron.core.store.StoreException;
import io.dkron.ejb.backup.BackupFile;
import io.dkron.ejb.backup.Restores;
import io.dkron.ejb.backup.StepwiseRestore;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of more than one step, into a server without a container: real engine over a store in memory. */
class RestoresTest {
    private static final int MANY = 1_700;

    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final ScheduledExecutorService later = Executors.newScheduledThreadPool(2);

    @TempDir
    private Path directory;

    private Server server;

    @BeforeEach
    void start() {
        server = new Server(new Server.Parts(
                Settings.from(name -> Optional.ofNullable(
                                Map.of("dkron.node-name", "node1", "dkron.data-dir", directory.toString())
                                        .get(name)))
                        .orThrow(),
                new NodeData.Identity("id", 1),
                "1.0.0",
                new SoleCluster(new MemoryStore()),
                new FakeAgent(),
                (settings, node, layout) ->
                        Engines.leader(settings, node, layout, new ScheduleTimetables(ZoneOffset.UTC)),
                workers,
                task -> new Thread(task).start(),
                Thread::new,
                later,
                later,
                code -> {}));
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
    void parentsThatStandAtTheEndOfALargeBackupComeFirst() {
        try (BackupFile file = chain(MANY)) {
            assertThat(server.restores().isSmall(file)).isFalse();
            StepwiseRestore restore = server.restores().stepwise(request("r"), file, false);
            assertThat(restore.begin()).isEmpty();
            List<String> lines = lines(restore);
            assertThat(lines).hasSize(MANY).startsWith("j" + (MANY - 1)).endsWith("j0");
        }
        assertThat(server.jobs().size()).isEqualTo(MANY);
        Job last = job("j0");
        assertThat(last.definition().parent()).contains(new JobName("j1"));
        assertThat(last.state().successCount()).isEqualTo(7);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void ofALargeBackupWithFaultsNothingIsStoredAndEachFaultIsTold() {
        try (BackupFile file = server.restores().receive()) {
            for (int i = 0; i < MANY; i++) {
                file.add(job(i, i == 1_200 ? "nowhere" : i == 3 ? "j1600" : i == 1_600 ? "j3" : ""));
            }
            Optional<Outcome> refused =
                    server.restores().stepwise(request("r"), file, false).begin();
            assertThat(((Outcome.Invalid) refused.orElseThrow()).problems())
                    .containsExactly(
                            new Problem("jobs[3].parent_job", "makes a cycle: j3 -> j1600 -> j3"),
                            new Problem("jobs[1200].parent_job", "specified parent job not found"),
                            new Problem("jobs[1600].parent_job", "makes a cycle: j1600 -> j3 -> j1600"));
        }
        assertThat(server.jobs().size()).isZero();
    }

    @Test
    void aDryRunOfALargeBackupSaysWhatWouldBeAndStoresNothing() {
        try (BackupFile file = chain(MANY)) {
            StepwiseRestore restore = server.restores().stepwise(request("r"), file, true);
            assertThat(restore.begin()).isEmpty();
            assertThat(lines(restore)).hasSize(MANY).endsWith("j0");
        }
        assertThat(server.jobs().size()).isZero();
    }

    @Test
    void whoRepeatsALargeBackupWithItsKeyDoesNothingTwice() {
        Request key = new Request("key", true);
        try (BackupFile file = chain(MANY)) {
            StepwiseRestore first = server.restores().stepwise(key, file, false);
            assertThat(first.begin()).isEmpty();
            first.next();
            assertThat(first.hasNext()).isTrue(); // and here it breaks off
            assertThat(first.replayed()).isFalse();
            StepwiseRestore again = server.restores().stepwise(key, file, false);
            assertThat(again.begin()).isEmpty();
            assertThat(lines(again)).hasSize(MANY);
            assertThat(again.replayed()).isTrue();
        }
        assertThat(job("j" + (MANY - 1)).state().revision()).isEqualTo(1);
        assertThat(server.jobs().size()).isEqualTo(MANY);
    }

    @Test
    void largeJobsMakeStepsOfFewerAndAServerTakesNoMoreThanItsMemoryHolds() {
        Restores small =
                new Restores(server.jobs(), directory, 5_000_000, new Restores.Patience(System::nanoTime, () -> false));
        try (BackupFile file = small.receive()) {
            for (int i = 0; i < 4; i++) {
                file.add(large(i));
            }
            assertThat(small.isSmall(file)).isFalse();
            assertThat(small.holds(file)).isTrue();
            StepwiseRestore restore = small.stepwise(request("r"), file, false);
            assertThat(restore.begin()).isEmpty();
            assertThat(restore.next()).hasSize(2);
            assertThat(restore.next()).hasSize(2);
            assertThat(restore.hasNext()).isFalse();
            for (int i = 4; small.holds(file); i++) {
                file.add(large(i));
            }
            assertThat(file.size()).isEqualTo(7); // the last is one too many
        }
        try (BackupFile file = small.receive()) {
            for (int i = 10; i < 5_006; i++) {
                file.add(job(i, ""));
            }
            assertThat(small.holds(file)).isTrue();
            assertThat(small.holdsBesides(file)).isTrue(); // four more are stored
            file.add(job(0, ""));
            assertThat(small.holdsBesides(file)).isTrue(); // that one is
            file.add(job(9_999, ""));
            assertThat(small.holdsBesides(file)).isFalse();
        }
    }

    @Test
    void aDirectoryThatTakesNoFileIsSaid() {
        Restores lost = new Restores(
                server.jobs(),
                directory.resolve("lost"),
                Long.MAX_VALUE,
                new Restores.Patience(System::nanoTime, () -> false));
        assertThatThrownBy(lost::receive)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(directory.resolve("lost").toString());
    }

    private static Job large(int i) {
        Job job = job(i, "");
        return job.with(job.definition()
                .with()
                .metadata(Map.of("text", "x".repeat(400_000)))
                .build());
    }

    /** Each job's parent is the one after it. */
    private BackupFile chain(int size) {
        BackupFile file = server.restores().receive();
        for (int i = 0; i < size; i++) {
            file.add(job(i, i == size - 1 ? "" : "j" + (i + 1)));
        }
        return file;
    }

    private static Job job(int i, String parent) {
        JobDefinition.Builder job = JobDefinition.named("j" + i)
                .schedule(parent.isEmpty() ? "@daily" : "")
                .executor("shell");
        if (!parent.isEmpty()) {
            job.parent(new JobName(parent));
        }
        return new Job(
                job.build(),
                JobState.created("restore", Instant.EPOCH)
                        .with()
                        .successCount(7)
                        .build());
    }

    private Job job(String name) {
        return server.jobs().find(new JobName(name)).orElseThrow().job();
    }

    private static List<String> lines(StepwiseRestore restore) {
        List<String> lines = new ArrayList<>();
        while (restore.hasNext()) {
            for (Item item : restore.next()) {
                assertThat(item.reason()).isEmpty();
                lines.add(item.job().value());
            }
        }
        return lines;
    }

    private static Request request(String id) {
        return new Request(id, false);
    }
}
