package io.dkron.ejb.backup;

import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Outcome.Restored.Item;
import io.dkron.core.engine.Request;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobJson;
import io.dkron.core.job.JobName;
import io.dkron.core.job.Lineage;
import io.dkron.core.problem.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A backup that is too large for one request to the leader. All of it is checked first, in steps that store nothing: where
 * anything is wrong nothing is stored, as with a small one. Then it is stored step by step, parents before their dependents, and
 * each step says what became of its jobs. A leader that goes meanwhile is waited for, and what it did is not done again; a job
 * that can no longer be stored, since somebody else changed others meanwhile, is told with the reason, and the rest goes on.
 *
 * <p>With a client's key each step has a key of its own, that and its number: who repeats the whole goes on where it ended. Of
 * one thread; it blocks.
 */
public final class StepwiseRestore implements Iterator<List<Item>> {
    /** How long a step is tried before what is left is given up. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Pattern PLACE = Pattern.compile("jobs\\[(\\d+)](.*)", Pattern.DOTALL);

    private final Leader leader;
    private final Function<JobName, Optional<JobName>> stored;
    private final Restores.Patience patience;
    private final Wanted wanted;
    private final BackupFile file;
    private List<int[]> steps = List.of();
    private int next;
    private List<Item> first = List.of();
    private Optional<String> givenUp = Optional.empty();
    private boolean replayed;

    /** Asks the leader to restore some jobs, and waits for the answer. */
    @FunctionalInterface
    interface Leader {
        Outcome restore(Request request, List<Job> jobs, boolean dryRun);
    }

    /** What is to be done. */
    record Wanted(Request request, BackupFile file, boolean dryRun) {
        Wanted {
            Objects.requireNonNull(request, "request");
            Objects.requireNonNull(file, "file");
        }
    }

    /**
     * @param stored the parent of a job that is stored; empty where it has none, or is not stored
     */
    StepwiseRestore(
            Leader leader, Function<JobName, Optional<JobName>> stored, Restores.Patience patience, Wanted wanted) {
        this.leader = leader;
        this.stored = stored;
        this.patience = patience;
        this.wanted = wanted;
        this.file = wanted.file();
    }

    /**
     * Checks all jobs, and stores those of the first step.
     *
     * @return why nothing was done; empty when {@link #next} tells of the first step
     */
    public Optional<Outcome> begin() {
        Lineage lineage = new Lineage(file.members(), stored);
        Optional<Outcome> refused = check(lineage);
        if (refused.isPresent()) {
            return refused;
        }
        steps = steps(lineage.parentsFirst());
        if (wanted.dryRun()) {
            return Optional.empty();
        }
        List<Job> jobs = jobs(steps.get(0));
        Outcome outcome = leader.restore(request(0), jobs, false);
        if (!(outcome instanceof Outcome.Invalid) && !isStored(outcome)) {
            return Optional.of(outcome);
        }
        replayed = outcome instanceof Outcome.Repeated;
        first = items(jobs, request(0), outcome);
        return Optional.empty();
    }

    /** Whether the first step had been done before, under the client's key. */
    public boolean replayed() {
        return replayed;
    }

    @Override
    public boolean hasNext() {
        return next < steps.size();
    }

    /** What became of the jobs of the next step, in the order in which they were stored. */
    @Override
    public List<Item> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        int step = next++;
        if (wanted.dryRun()) {
            return IntStream.of(steps.get(step))
                    .mapToObj(place -> new Item(file.members().get(place).name(), Optional.empty()))
                    .toList();
        }
        return step == 0 ? first : store(step);
    }

    // ------------------------------------------------------------------ checking

    private Optional<Outcome> check(Lineage lineage) {
        Map<JobName, String> cycles = lineage.cycles();
        List<Fault> faults = new ArrayList<>();
        for (int place = 0; place < file.size() && !cycles.isEmpty(); place++) {
            Optional<String> cycle =
                    Optional.ofNullable(cycles.get(file.members().get(place).name()));
            if (cycle.isPresent()) {
                faults.add(new Fault(place, ".parent_job", "makes a cycle: " + cycle.get()));
            }
        }
        for (int[] step : steps(IntStream.range(0, file.size()).toArray())) {
            Request own = new Request(UUID.randomUUID().toString(), false);
            Outcome outcome = leader.restore(own, orphans(step, lineage), true);
            if (outcome instanceof Outcome.Invalid invalid) {
                invalid.problems().forEach(problem -> faults.add(Fault.of(problem, step)));
            } else if (!outcome.done()) {
                return Optional.of(outcome);
            }
            if (faults.size() > JobJson.MOST_FAULTS) {
                break;
            }
        }
        if (faults.isEmpty()) {
            return Optional.empty();
        }
        faults.sort(Comparator.comparingInt(Fault::place)); // stable: those of one job keep their order
        return Optional.of(new Outcome.Invalid(faults.stream()
                .limit(JobJson.MOST_FAULTS)
                .map(fault -> new Problem("jobs[" + fault.place() + "]" + fault.field(), fault.message()))
                .toList()));
    }

    /** The jobs without those parents that are in the file too: they may stand in another step. */
    private List<Job> orphans(int[] step, Lineage lineage) {
        return jobs(step).stream()
                .map(job -> {
                    JobDefinition definition = job.definition();
                    return definition.parent().filter(lineage::contains).isPresent()
                            ? job.with(definition.with().noParent().build())
                            : job;
                })
                .toList();
    }

    /** A fault of the job at that place of the file. */
    private record Fault(int place, String field, String message) {
        static Fault of(Problem problem, int[] step) {
            Matcher at = at(problem);
            return new Fault(step[Integer.parseInt(at.group(1))], at.group(2), problem.message());
        }
    }

    private static Matcher at(Problem problem) {
        Matcher at = PLACE.matcher(problem.field());
        if (!at.matches()) {
            throw new IllegalStateException("a restore's problem is of no job: " + problem);
        }
        return at;
    }

    // ------------------------------------------------------------------ storing

    private List<Item> store(int step) {
        List<Job> jobs = jobs(steps.get(step));
        if (givenUp.isPresent()) {
            return failed(jobs, "not tried: " + givenUp.get());
        }
        Request request = request(step);
        return items(jobs, request, patiently(request, jobs));
    }

    private Request request(int step) {
        Request all = wanted.request();
        return step == 0 ? all : new Request(all.id() + "/" + step, all.clientKey());
    }

    private Outcome patiently(Request request, List<Job> jobs) {
        long until = patience.nanoTime().getAsLong() + PATIENCE.toNanos();
        Outcome outcome = leader.restore(request, jobs, false);
        while (isPassing(outcome)
                && patience.nanoTime().getAsLong() - until < 0
                && patience.pause().await()) {
            outcome = leader.restore(request, jobs, false); // with the same id: what was done is not done again
        }
        return outcome;
    }

    private static boolean isPassing(Outcome outcome) {
        return outcome instanceof Outcome.NoLeader || outcome instanceof Outcome.Unavailable;
    }

    private static boolean isStored(Outcome outcome) {
        return outcome instanceof Outcome.Restored || outcome instanceof Outcome.Repeated;
    }

    /** What became of these jobs, where those that cannot be stored are left out and the others tried again. */
    private List<Item> items(List<Job> jobs, Request request, Outcome answer) {
        Map<JobName, String> wrong = new HashMap<>();
        List<Job> left = jobs;
        Outcome outcome = answer;
        for (int again = 1; outcome instanceof Outcome.Invalid invalid && !left.isEmpty(); again++) {
            List<Job> asked = left;
            invalid.problems().forEach(problem -> {
                Matcher at = at(problem);
                wrong.putIfAbsent(
                        asked.get(Integer.parseInt(at.group(1))).name(),
                        at.group(2).substring(1) + ": " + problem.message());
            });
            left = asked.stream().filter(job -> !wrong.containsKey(job.name())).toList();
            if (!left.isEmpty()) {
                outcome = patiently(new Request(request.id() + "/again-" + again, request.clientKey()), left);
            }
        }
        Optional<String> why = isStored(outcome) || left.isEmpty() ? Optional.empty() : Optional.of(reason(outcome));
        givenUp = why;
        return jobs.stream()
                .map(job -> new Item(
                        job.name(), Optional.ofNullable(wrong.get(job.name())).or(() -> why)))
                .toList();
    }

    private static List<Item> failed(List<Job> jobs, String reason) {
        return jobs.stream()
                .map(job -> new Item(job.name(), Optional.of(reason)))
                .toList();
    }

    private static String reason(Outcome outcome) {
        if (outcome instanceof Outcome.NoLeader) {
            return "nobody leads at present";
        }
        if (outcome instanceof Outcome.Unavailable unavailable) {
            return "the store did not confirm it, it may be done or not: " + unavailable.reason();
        }
        return outcome instanceof Outcome.Paused
                ? "new job submissions are paused"
                : "refused: " + outcome.getClass().getSimpleName();
    }

    // ------------------------------------------------------------------ steps

    private List<Job> jobs(int[] step) {
        return IntStream.of(step).mapToObj(file::read).toList();
    }

    /** Cuts places, in their order, into steps of bounded size. */
    private List<int[]> steps(int[] places) {
        List<int[]> cut = new ArrayList<>();
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < places.length; i++) {
            int more = file.bytes(places[i]);
            if (i > from && (i - from == Restores.STEP_JOBS || bytes + more > Restores.STEP_BYTES)) {
                cut.add(Arrays.copyOfRange(places, from, i));
                from = i;
                bytes = 0;
            }
            bytes += more;
        }
        if (from < places.length) {
            cut.add(Arrays.copyOfRange(places, from, places.length));
        }
        return cut;
    }
}
