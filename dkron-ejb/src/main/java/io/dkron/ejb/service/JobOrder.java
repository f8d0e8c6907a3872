package io.dkron.ejb.service;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** How lists of jobs can be sorted: by every scalar field, under its name in JSON. Absent times come first. */
public final class JobOrder {
    private static final Comparator<Optional<Instant>> TIMES =
            Comparator.comparing(t -> t.orElse(Instant.MIN), Comparator.naturalOrder());

    private static final Map<String, Comparator<Job>> BY_FIELD = new TreeMap<>();

    static {
        by("id", j -> j.name().value());
        by("name", j -> j.name().value());
        by("displayname", j -> j.definition().displayName());
        by("timezone", j -> j.definition().timezone());
        by("schedule", j -> j.definition().schedule());
        by("owner", j -> j.definition().owner());
        by("owner_email", j -> j.definition().ownerEmail());
        by("success_count", j -> j.state().successCount());
        by("error_count", j -> j.state().errorCount());
        times("last_success", j -> j.state().lastSuccess());
        times("last_error", j -> j.state().lastError());
        by("disabled", j -> j.definition().disabled());
        by("retries", j -> j.definition().retry().retries());
        by("parent_job", j -> j.definition().parent().map(JobName::value).orElse(""));
        by("concurrency", j -> j.definition().concurrency().text());
        by("executor", j -> j.definition().executor());
        by("status", j -> j.state().status().text());
        times("next", j -> j.state().next());
        by("ephemeral", j -> j.definition().ephemeral());
        times("starts_at", j -> j.definition().startsAt());
        times("expires_at", j -> j.definition().expiresAt());
        by("timeout", j -> j.definition().timeout());
        by("misfire", j -> j.definition().misfire().mode().text());
        by("misfire_limit", j -> j.definition().misfire().limit());
        by("misfire_grace", j -> j.definition().misfire().grace());
        by("retry_delay", j -> j.definition().retry().delay());
        by("retry_max_delay", j -> j.definition().retry().maxDelay());
        by("retry_backoff", j -> j.definition().retry().backoff());
        by("retry_jitter", j -> j.definition().retry().jitter());
        by("notify_on", j -> j.definition().notifyOn().text());
        by("missed_count", j -> j.state().missedCount());
        by("skipped_count", j -> j.state().skippedCount());
    }

    private JobOrder() {}

    /** The fields that lists can be sorted by. */
    public static Set<String> fields() {
        return java.util.Collections.unmodifiableSet(BY_FIELD.keySet());
    }

    /** Ascending, or descending, by that field; empty when there is no such field. */
    public static Optional<Comparator<Job>> of(String field, boolean descending) {
        return Optional.ofNullable(BY_FIELD.get(field)).map(c -> descending ? c.reversed() : c);
    }

    private static <T extends Comparable<? super T>> void by(String field, Function<Job, T> value) {
        BY_FIELD.put(field, Comparator.comparing(value));
    }

    private static void times(String field, Function<Job, Optional<Instant>> value) {
        BY_FIELD.put(field, Comparator.comparing(value, TIMES));
    }
}
