package io.dkron.ejb.backup;

import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Request;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.job.Lineage;
import io.dkron.ejb.service.CatalogJob;
import io.dkron.ejb.service.JobService;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/** Takes backups in, and stores their jobs. Safe for many threads. */
public final class Restores {
    /** Most jobs of a step, which is one request to the leader. */
    static final int STEP_JOBS = 500;

    /** Most bytes of a step, unless one job alone has more. */
    static final int STEP_BYTES = 1 << 20;

    /** About how many bytes of heap a job takes on a leader beside what its own texts take. */
    private static final long JOB_HEAP = 1_000;

    /** Bytes of a stored job up to which that is true. */
    private static final int SMALL_JOB = 500;

    private final JobService jobs;
    private final Path directory;
    private final long heap;
    private final Patience patience;

    /**
     * How long a step that was not done is tried again.
     *
     * @param nanoTime the time
     * @param pause waits before the next attempt; false when there is none, since this thread is to end
     */
    public record Patience(LongSupplier nanoTime, Pause pause) {
        public Patience {
            Objects.requireNonNull(nanoTime, "nanoTime");
            Objects.requireNonNull(pause, "pause");
        }

        /** Waits. */
        @FunctionalInterface
        public interface Pause {
            boolean await();
        }
    }

    /**
     * @param directory where backups lie while they are read
     * @param heap how many bytes of memory all jobs together may take
     */
    public Restores(JobService jobs, Path directory, long heap, Patience patience) {
        this.jobs = Objects.requireNonNull(jobs, "jobs");
        this.directory = Objects.requireNonNull(directory, "directory");
        this.heap = heap;
        this.patience = Objects.requireNonNull(patience, "patience");
    }

    /** A file for a backup that comes in; to be closed by the caller. @throws io.dkron.core.store.StoreException without room */
    public BackupFile receive() {
        return new BackupFile(directory);
    }

    /** Whether this server's memory could hold the jobs that came in so far. */
    public boolean holds(BackupFile file) {
        return weight(file) <= heap;
    }

    /** Whether it could hold them beside those that are stored and not in it. */
    public boolean holdsBesides(BackupFile file) {
        long known = file.members().stream()
                .map(member -> member.name())
                .filter(name -> jobs.find(name).isPresent())
                .count();
        return weight(file) + (jobs.size() - known) * JOB_HEAP <= heap;
    }

    private static long weight(BackupFile file) {
        return file.size() * JOB_HEAP + 2 * Math.max(0, file.bytes() - (long) file.size() * SMALL_JOB);
    }

    /** Whether all of it is one step. */
    public boolean isSmall(BackupFile file) {
        return file.size() <= STEP_JOBS && file.bytes() <= STEP_BYTES;
    }

    /** Stores a small backup at once. */
    public CompletionStage<Outcome> restore(Request request, List<Job> all, boolean dryRun) {
        return jobs.restore(request, all, dryRun);
    }

    /** Restores a backup step by step; nothing is done before {@link StepwiseRestore#begin}. */
    public StepwiseRestore stepwise(Request request, BackupFile file, boolean dryRun) {
        return new StepwiseRestore(
                (step, some, dry) ->
                        jobs.restore(step, some, dry).toCompletableFuture().join(),
                this::parent,
                patience,
                new StepwiseRestore.Wanted(request, file, dryRun));
    }

    /** What is said of jobs that were all stored, by an earlier request. */
    public List<Outcome.Restored.Item> stored(List<Job> all) {
        List<Lineage.Member> members = all.stream()
                .map(job -> new Lineage.Member(job.name(), job.definition().parent()))
                .toList();
        return IntStream.of(new Lineage(members, this::parent).parentsFirst())
                .mapToObj(place -> new Outcome.Restored.Item(members.get(place).name(), Optional.empty()))
                .toList();
    }

    /** The parent of a stored job; empty where it has none, or is not stored. */
    private Optional<JobName> parent(JobName name) {
        return jobs.find(name)
                .map(CatalogJob::job)
                .flatMap(job -> job.definition().parent());
    }
}
