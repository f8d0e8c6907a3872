package io.dkron.core.job;

import io.dkron.core.json.Profile;
import io.dkron.core.problem.Problem;
import io.dkron.core.problem.Problems;
import io.dkron.core.schedule.Cron;
import io.dkron.core.schedule.JobZone;
import io.dkron.core.schedule.ScheduleParser;
import io.dkron.core.schedule.ScheduleParser.FiveFields;
import io.dkron.core.time.GoDuration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a job must keep to before it is stored, as far as it can be told from the job alone. Messages are Dkron 4's where
 * it has one. Stateless.
 */
public final class JobRules {
    /** The longest name, in bytes of UTF-8. */
    public static final int LONGEST_NAME = 1024;

    private JobRules() {}

    /** Every rule that the job breaks, in the order of its fields. The name's own form is {@link #nameFault}. */
    public static List<Problem> check(JobDefinition job, Profile dialect) {
        Problems problems = new Problems();
        problems.addAll(JobZone.parse(job.timezone()).problems());
        scheduleFault(job, dialect).ifPresent(fault -> problems.addAll(List.of(fault)));
        job.tags()
                .forEach((key, value) -> problems.unless(
                        countIsValid(value), "tags." + key, "count must be an integer of at least 1, as in value:2"));
        problems.unless(
                job.parent().filter(job.name()::equals).isEmpty(),
                "parent_job",
                "the job can not have itself as parent");
        if (job.executor().equals("shell")) {
            shell(job, problems);
        }
        boolean ordered = job.startsAt().isEmpty()
                || job.expiresAt().isEmpty()
                || !job.startsAt().get().isAfter(job.expiresAt().get());
        problems.unless(ordered, "expires_at", "must not be before starts_at");
        added(job, problems);
        return problems.list();
    }

    /**
     * What is accepted though it can only fail when run.
     *
     * @param hasExecutor whether a live member has an executor of that name
     */
    public static List<String> doubts(JobDefinition job, Predicate<String> hasExecutor) {
        List<String> doubts = new ArrayList<>();
        if (hasFiveFields(job)) {
            doubts.add(
                    "the schedule has five fields: the first is the second, as in Dkron 1.x; put 0 first if it is not"
                            + " meant so");
        }
        if (job.executor().isEmpty()) {
            doubts.add("no executor: runs of this job fail");
        } else if (!hasExecutor.test(job.executor())) {
            doubts.add("no live member has executor " + job.executor());
        }
        if (job.executor().equals("shell")
                && job.executorConfig().getOrDefault("command", "").isBlank()) {
            doubts.add("no command: runs of this job fail");
        }
        CallDoubts.of(job, doubts);
        return doubts;
    }

    /** Why that cannot be a job's name; empty if it can. */
    static Optional<String> nameFault(String name, Profile dialect) {
        if (name.isEmpty()) {
            return Optional.of("name cannot be empty");
        }
        if (dialect == Profile.V4) {
            Optional<String> illegal = name.codePoints()
                    .filter(c -> !allowed(c))
                    .mapToObj(c -> "name contains illegal character '" + Character.toString(c) + "'")
                    .findFirst();
            if (illegal.isPresent()) {
                return illegal;
            }
        }
        return name.length() > LONGEST_NAME || name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME
                ? Optional.of("name is longer than " + LONGEST_NAME + " bytes")
                : Optional.empty();
    }

    /** The name that Dkron 1.x makes of any text; may be empty. */
    static String slug(String text) {
        StringBuilder slug = new StringBuilder();
        text.strip().toLowerCase(Locale.ROOT).codePoints().forEach(c -> {
            if (c == ' ') {
                slug.append('-');
            } else if (Character.isLetter(c) || Character.isDigit(c) || c == '_' || c == '-') {
                slug.appendCodePoint(c);
            }
        });
        return slug.toString();
    }

    private static boolean allowed(int c) {
        return Character.getType(c) == Character.LOWERCASE_LETTER || c >= '0' && c <= '9' || c == '_' || c == '-';
    }

    /** {@code value} or {@code value:count}; with more colons there is no count. */
    /** Whether a tag's value has no count, or one of at least 1. */
    public static boolean countIsValid(String value) {
        int colon = value.indexOf(':');
        return colon < 0
                || value.indexOf(':', colon + 1) >= 0
                || value.substring(colon + 1).matches("\\+?0*[1-9]\\d{0,8}");
    }

    private static void shell(JobDefinition job, Problems problems) {
        String timeout = job.executorConfig().getOrDefault("timeout", "");
        problems.unless(
                timeout.isEmpty() || GoDuration.parse(timeout).isPresent(),
                "executor_config.timeout",
                "Error parsing job timeout value");
        String limit = job.executorConfig().getOrDefault("mem_limit", "");
        if (!limit.isEmpty()) {
            ByteSize.parse(
                    limit,
                    why -> problems.add("executor_config.mem_limit", "Error parsing job memory limit value: " + why));
        }
    }

    private static void added(JobDefinition job, Problems problems) {
        duration(job.timeout(), "timeout", Duration.ofNanos(1), problems);
        duration(job.lostAfter(), "lost_after", Duration.ZERO, problems);
        duration(job.misfire().grace(), "misfire_grace", Duration.ZERO, problems);
        duration(job.retry().delay(), "retry_delay", Duration.ZERO, problems);
        duration(job.retry().maxDelay(), "retry_max_delay", Duration.ZERO, problems);
        double backoff = job.retry().backoff();
        problems.unless(backoff >= 1 && backoff <= 1_000_000, "retry_backoff", "must be a number from 1 to 1000000");
        double jitter = job.retry().jitter();
        problems.unless(jitter >= 0 && jitter <= 1, "retry_jitter", "must be a number from 0 to 1");
        job.keepLogs().ifPresent(keep -> {
            if (!keep.size().isEmpty()) {
                ByteSize.parse(
                        keep.size(), why -> problems.add("keep_logs.size", "must be bytes with an optional unit"));
            }
            duration(keep.age(), "keep_logs.age", Duration.ofNanos(1), problems);
        });
    }

    private static void duration(String text, String field, Duration least, Problems problems) {
        if (text.isEmpty()) {
            return;
        }
        GoDuration.parse(text, why -> problems.add(field, why))
                .filter(d -> d.compareTo(least) < 0)
                .ifPresent(d -> problems.add(field, least.isZero() ? "must not be negative" : "must be above zero"));
    }

    private static boolean hasFiveFields(JobDefinition job) {
        return ScheduleParser.parse(job.schedule(), job.name().value(), FiveFields.SECONDS_FIRST)
                .match(schedule -> schedule instanceof Cron cron && cron.fiveFields(), problems -> false);
    }

    private static Optional<Problem> scheduleFault(JobDefinition job, Profile dialect) {
        if (job.schedule().isEmpty() && job.parent().isPresent()) {
            return Optional.empty();
        }
        FiveFields fiveFields = dialect == Profile.V4 ? FiveFields.REFUSED : FiveFields.SECONDS_FIRST;
        return ScheduleParser.parse(job.schedule(), job.name().value(), fiveFields).problems().stream()
                .findFirst();
    }
}
