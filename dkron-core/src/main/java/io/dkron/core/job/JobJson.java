package io.dkron.core.job;

import io.dkron.core.json.Json;
import io.dkron.core.json.JsonOut;
import io.dkron.core.json.Profile;
import io.dkron.core.problem.InvalidInputException;
import io.dkron.core.problem.MalformedInputException;
import io.dkron.core.problem.Problem;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A job as JSON: the one codec of API and store. Stateless, safe from any thread.
 *
 * <p>What comes in through the API is checked whole: every wrong field is told at once, in the order of the fields.
 */
public final class JobJson {
    /** How many faults of a backup are told. */
    public static final int MOST_FAULTS = 1_000;

    private JobJson() {}

    /** Names of the fields that a client says, in the order of the API's table. */
    public static List<String> definedFields() {
        return JobFields.DEFINED;
    }

    /** Names of the fields that the server computes, which are ignored where a client sends them. */
    public static Set<String> computedFields() {
        return JobFields.COMPUTED;
    }

    /**
     * What a client sent.
     *
     * @param warnings what is accepted but doubtful, such as {@code unknown field wat}
     * @param counters what a restore takes over; empty otherwise
     */
    public record Parsed(JobDefinition definition, List<String> warnings, Optional<Counters> counters) {
        public Parsed {
            Objects.requireNonNull(definition, "definition");
            Objects.requireNonNull(counters, "counters");
            warnings = List.copyOf(warnings);
        }
    }

    /** Computed fields as a backup holds them. */
    public record Counters(
            long successCount,
            long errorCount,
            Optional<Instant> lastSuccess,
            Optional<Instant> lastError,
            JobStatus status) {}

    /**
     * How to read.
     *
     * @param dialect {@link Profile#V4} or {@link Profile#V1}: the rules of names and of five-field schedules
     * @param restore whether counters are taken
     * @param pathName the name to take where the body sends none
     * @param stored tells names of jobs that exist, which are valid whatever today's rules say
     */
    public record Reading(Profile dialect, boolean restore, Optional<String> pathName, Predicate<String> stored) {
        public static Reading of(Profile dialect, Predicate<String> stored) {
            return new Reading(dialect, false, Optional.empty(), stored);
        }

        public Reading named(String name) {
            return new Reading(dialect, restore, Optional.of(name), stored);
        }

        public Reading restoring() {
            return new Reading(dialect, true, pathName, stored);
        }
    }

    /**
     * Reads one job from a client.
     *
     * @throws MalformedInputException if it is no JSON object or a field has a wrong type; rules
     *     that other fields break are told too
     * @throws InvalidInputException if only rules are broken
     */
    public static Parsed parse(byte[] body, Reading reading) {
        return new JobReader(Json.readObject(body), "", reading).read();
    }

    /**
     * Reads what the job would be after a JSON merge patch (RFC 7396).
     *
     * @throws InvalidInputException as {@link #parse}
     */
    public static Parsed merge(Job current, byte[] patch, Reading reading) {
        byte[] before = write(current, List.of(), Profile.V4);
        Map<String, Object> merged = merged(Json.readObject(before), Json.readObject(patch));
        return new JobReader(merged, "", reading.named(current.name().value())).read();
    }

    /**
     * Reads a backup, an array of jobs, job by job. All wrong fields of all jobs are told, as {@code jobs[3].schedule}; after
     * {@value #MOST_FAULTS} no more is looked at.
     *
     * @param each gets the jobs in their order, and none any more after the first that is wrong
     * @param read told when a job is read to its end, whether wrong or not
     * @throws InvalidInputException as {@link #parse}; what was handed out before is not to be used then
     */
    public static void readBackup(InputStream body, Reading reading, Runnable read, Consumer<Parsed> each) {
        List<Problem> problems = new ArrayList<>();
        boolean[] malformed = new boolean[1];
        Json.readArray(body, (index, element) -> {
            read.run();
            String at = "jobs[" + index + "]";
            if (problems.size() >= MOST_FAULTS) {
                problems.add(new Problem(at, "and what follows was not looked at, there are so many faults"));
                throw refused(problems, malformed[0]);
            }
            if (!(element instanceof Map)) {
                problems.add(new Problem(at, "must be an object, not " + Json.kind(element)));
                malformed[0] = true;
                return;
            }
            Optional<Parsed> parsed = Optional.empty();
            try {
                parsed = Optional.of(new JobReader(Json.object(element), at + ".", reading.restoring()).read());
            } catch (InvalidInputException e) { // gathered: the answer lists the faults of every job
                problems.addAll(e.problems());
                malformed[0] |= e instanceof MalformedInputException;
            }
            if (problems.isEmpty()) {
                parsed.ifPresent(each);
            }
        });
        if (!problems.isEmpty()) {
            throw refused(problems, malformed[0]);
        }
    }

    private static InvalidInputException refused(List<Problem> problems, boolean malformed) {
        return malformed ? new MalformedInputException(problems) : new InvalidInputException(problems);
    }

    /** The job in that form; {@code dependents} are its children in order of attachment. */
    public static byte[] write(Job job, List<JobName> dependents, Profile profile) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        append(out, job, dependents, profile);
        return out.toByteArray();
    }

    /** As {@link #write}, at the end of {@code out}, which is neither flushed nor closed. */
    public static void append(OutputStream out, Job job, List<JobName> dependents, Profile profile) {
        try (JsonOut json = Json.writer(out)) {
            write(json, job, dependents, profile);
        }
    }

    /** As {@link #write}, as the next value of {@code json}. */
    public static void write(JsonOut json, Job job, List<JobName> dependents, Profile profile) {
        if (profile == Profile.STORE) {
            JobRecord.write(json, job);
        } else {
            new JobWriter(json, profile).write(job, dependents);
        }
    }

    /** The stored form. */
    public static byte[] store(Job job) {
        return write(job, List.of(), Profile.STORE);
    }

    /**
     * Reads the stored form, of ours and of Dkron 1.x: there missing fields take their defaults, {@code next} is unknown
     * and there is no firing on record.
     *
     * @throws InvalidInputException if it is no job
     */
    public static Job read(byte[] stored) {
        return JobRecord.read(Json.readObject(stored));
    }

    private static Map<String, Object> merged(Map<String, Object> target, Map<String, Object> patch) {
        Map<String, Object> result = new LinkedHashMap<>(target);
        patch.forEach((name, value) -> {
            if (value == Json.NULL) {
                result.remove(name);
            } else if (value instanceof Map) {
                Object inner = result.get(name);
                result.put(name, merged(inner instanceof Map ? Json.object(inner) : Map.of(), Json.object(value)));
            } else {
                result.put(name, value);
            }
        });
        return result;
    }
}
