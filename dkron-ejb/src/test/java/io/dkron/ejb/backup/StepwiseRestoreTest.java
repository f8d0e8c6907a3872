package io.dkron.ejb.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Outcome.Restored.Item;
import io.dkron.core.engine.Request;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.problem.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a restore of three steps says when the leader goes, or others change jobs, in the middle of it. */
class StepwiseRestoreTest {
    private static final Outcome NO_LEADER = new Outcome.NoLeader(Duration.ofSeconds(1));

    @TempDir
    private Path directory;

    private final List<String> asked = new ArrayList<>();
    private BackupFile file;
    private long now;
    private int pauses;
    private Leader leader = (request, jobs) -> restored(jobs);

    private interface Leader {
        Outcome restore(Request request, List<Job> jobs);
    }

    @BeforeEach
    void backup() {
        file = new BackupFile(directory);
        for (int i = 0; i < 2 * Restores.STEP_JOBS + 100; i++) {
            file.add(new Job(
                    JobDefinition.named("j" + i).schedule("@daily").build(), JobState.created("u", Instant.EPOCH)));
        }
    }

    @AfterEach
    void close() {
        file.close();
    }

    @Test
    void aLeaderThatGoesIsWaitedForAndAskedWithTheSameId() {
        leader = (request, jobs) -> request.id().equals("r/1") && pauses < 3 ? NO_LEADER : restored(jobs);
        assertThat(run().values()).allMatch(Optional::isEmpty).hasSize(1_100);
        assertThat(asked).containsExactly("r", "r/1", "r/1", "r/1", "r/1", "r/2");
    }

    @Test
    void whatIsLeftWhenNobodyLeadsAnyMoreIsSaidOfEachJob() {
        leader = (request, jobs) -> request.id().equals("r") ? restored(jobs) : NO_LEADER;
        Map<String, Optional<String>> said = run();
        assertThat(said).hasSize(1_100);
        assertThat(said.get("j499")).isEmpty();
        assertThat(said.get("j500")).contains("nobody leads at present");
        assertThat(said.get("j1000")).contains("not tried: nobody leads at present");
        assertThat(Duration.ofNanos(now)).isEqualTo(StepwiseRestore.PATIENCE);
        assertThat(asked).doesNotContain("r/2");
    }

    @Test
    void anOutcomeThatIsUnknownIsSaidAsSuch() {
        leader = (request, jobs) ->
                request.id().equals("r/2") ? new Outcome.Unavailable("r/2", "disk full") : restored(jobs);
        assertThat(run().get("j1001")).contains("the store did not confirm it, it may be done or not: disk full");
    }

    @Test
    void ofAStepWithAJobThatCannotBeStoredAnyMoreTheOthersAre() {
        leader = (request, jobs) -> {
            List<Problem> problems = new ArrayList<>();
            for (int i = 0; i < jobs.size(); i++) {
                boolean second = request.id().equals("r/1/again-1");
                if (jobs.get(i).name().value().equals(second ? "j600" : "j501")) {
                    problems.add(new Problem("jobs[" + i + "].parent_job", "specified parent job not found"));
                }
            }
            return problems.isEmpty() ? restored(jobs) : new Outcome.Invalid(problems);
        };
        Map<String, Optional<String>> said = run();
        Optional<String> why = Optional.of("parent_job: specified parent job not found");
        assertThat(said.get("j501")).isEqualTo(why);
        assertThat(said.get("j600")).isEqualTo(why);
        assertThat(said.values().stream().filter(Optional::isPresent)).hasSize(2);
        assertThat(asked).containsExactly("r", "r/1", "r/1/again-1", "r/1/again-2", "r/2");
    }

    @Test
    void whereTheFirstStepIsRefusedNothingIsDone() {
        leader = (request, jobs) -> NO_LEADER;
        assertThat(restore().begin()).contains(NO_LEADER);
        assertThat(asked).containsExactly("r");
    }

    private Map<String, Optional<String>> run() {
        StepwiseRestore restore = restore();
        assertThat(restore.begin()).isEmpty();
        Map<String, Optional<String>> said = new LinkedHashMap<>();
        while (restore.hasNext()) {
            restore.next().forEach(item -> said.put(item.job().value(), item.reason()));
        }
        return said;
    }

    private StepwiseRestore restore() {
        return new StepwiseRestore(
                (request, jobs, dryRun) -> {
                    if (dryRun) {
                        return restored(jobs);
                    }
                    asked.add(request.id());
                    return leader.restore(request, jobs);
                },
                name -> Optional.empty(),
                new Restores.Patience(() -> now, () -> {
                    now += Duration.ofSeconds(1).toNanos();
                    pauses++;
                    return true;
                }),
                new StepwiseRestore.Wanted(new Request("r", false), file, false));
    }

    private static Outcome restored(List<Job> jobs) {
        return new Outcome.Restored(jobs.stream()
                .map(job -> new Item(new JobName(job.name().value()), Optional.empty()))
                .toList());
    }
}
