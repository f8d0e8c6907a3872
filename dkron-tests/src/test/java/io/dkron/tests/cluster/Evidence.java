package io.dkron.tests.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All that remains of a run, to be held against itself: what processes wrote, what each server shows, what clients were
 * told, who said that it leads.
 *
 * @param jobs those that are checked; all their executions have ended and they fire no more
 * @param written lines of the jobs' own files, in the order they were appended
 * @param servers what each server shows, by name; not empty
 * @param told what clients were told
 * @param leads each time that a server said it took the lead
 */
record Evidence(List<Watched> jobs, List<Line> written, Map<String, View> servers, Told told, List<Lead> leads) {
    /**
     * A job that is checked.
     *
     * @param period of its {@code @every} schedule; zero: it runs by hand only
     * @param targets how many nodes each firing must have, where no fault changes that
     * @param mayFail whether a run may end as failed or lost: its node was taken away
     * @param alone whether two of its processes must never run at the same time
     */
    record Watched(String name, Duration period, OptionalInt targets, boolean mayFail, boolean alone) {}

    /** One line of a process: it started, or it ended; which node started it. */
    record Line(String job, String token, String node, boolean end, long nanos) {}

    /**
     * An execution as a server shows it.
     *
     * @param due the instant of its firing; empty for a run by hand
     * @param token of the process whose output this is; empty where the output shows none
     * @param reason the output, where the run failed
     */
    record Run(
            String job,
            String id,
            String node,
            long group,
            int attempt,
            Optional<Instant> due,
            String state,
            Optional<String> token,
            String reason) {
        /** What the clusters of these tests are started with as {@code misfire-grace}. */
        static final Duration GRACE = Duration.ofSeconds(3);

        private static final Pattern ORPHANED =
                Pattern.compile("never started: recorded at (\\S+), and no server led until (\\S+)");

        boolean succeeded() {
            return state.equals("success");
        }

        /** Whether it was never handed over, for its node was out of reach, and another node runs it in its place. */
        boolean moved() {
            return state.equals("failed") && reason.contains("runs it instead");
        }

        /** Whether its leader went between the record and the order, and no other led before it was too late to start it. */
        boolean orphaned() {
            Matcher told = ORPHANED.matcher(reason.strip());
            return state.equals("failed")
                    && token.isEmpty()
                    && told.matches()
                    && Duration.between(Instant.parse(told.group(1)), Instant.parse(told.group(2)))
                                    .compareTo(GRACE)
                            >= 0;
        }
    }

    /** Firings that did not run, and why. */
    record Missed(String job, String reason, long count, Instant first, Instant last) {}

    /**
     * One server's answers.
     *
     * @param jobs each job of the whole cluster by name, as its JSON with fields in order
     * @param success {@code success_count} of the checked jobs
     * @param failures {@code error_count} of the checked jobs
     * @param unrun {@code missed_count} and {@code skipped_count} of the checked jobs, together
     * @param missed the newest records of each job, {@value #KEPT} at most
     */
    record View(
            Map<String, String> jobs,
            Map<String, Long> success,
            Map<String, Long> failures,
            Map<String, Long> unrun,
            List<Run> runs,
            List<Missed> missed) {
        /** How many records of missed firings a job keeps. */
        static final int KEPT = 100;
    }

    /**
     * What clients got a 2xx for.
     *
     * @param created jobs that must be there
     * @param deleted jobs that must not be there
     * @param counted the highest number that was acknowledged as a job's owner; a later one may be stored
     * @param uncertain numbers whose outcome the client never learnt: each may be applied at any time, or never
     * @param groups of runs by hand: the group by idempotency key
     * @param asked how many different keys were sent at all, by job
     */
    record Told(
            Set<String> created,
            Set<String> deleted,
            Map<String, Long> counted,
            Map<String, Set<Long>> uncertain,
            Map<String, Map<String, Long>> groups,
            Map<String, Integer> asked) {
        static Told nothing() {
            return new Told(Set.of(), Set.of(), Map.of(), Map.of(), Map.of(), Map.of());
        }
    }

    /** A server took the lead. */
    record Lead(String node, long term, Instant at) {}
}
