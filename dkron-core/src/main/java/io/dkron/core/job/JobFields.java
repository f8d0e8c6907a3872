package io.dkron.core.job;

import io.dkron.core.json.JsonFields;
import io.dkron.core.problem.Problems;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Names of a job's fields, and how those of a definition are read; shared by the API's form and the stored one. */
final class JobFields {
    /** Computed: ignored where a client sends them. */
    static final Set<String> COMPUTED = Set.of(
            "id",
            "success_count",
            "error_count",
            "last_success",
            "last_error",
            "dependent_jobs",
            "status",
            "next",
            "missed_count",
            "skipped_count",
            "recent");

    static final List<String> DEFINED = List.of(
            "name",
            "displayname",
            "timezone",
            "schedule",
            "owner",
            "owner_email",
            "disabled",
            "tags",
            "metadata",
            "retries",
            "parent_job",
            "processors",
            "concurrency",
            "executor",
            "executor_config",
            "ephemeral",
            "starts_at",
            "expires_at",
            "timeout",
            "misfire",
            "misfire_limit",
            "misfire_grace",
            "retry_delay",
            "retry_max_delay",
            "retry_backoff",
            "retry_jitter",
            "notify_on",
            "keep_logs",
            "lost_after");

    private JobFields() {}

    /**
     * Sets all fields but the name, in the order of the API's table.
     *
     * @param problems takes words that are none of an enumeration's, under {@code prefix}
     */
    static void read(JsonFields in, JobDefinition.Builder job, Problems problems, String prefix) {
        job.displayName(in.text("displayname", ""))
                .timezone(in.text("timezone", ""))
                .schedule(in.text("schedule", ""))
                .owner(in.text("owner", ""))
                .ownerEmail(in.text("owner_email", ""))
                .disabled(in.bool("disabled", false))
                .tags(in.texts("tags"))
                .metadata(in.texts("metadata"));
        int retries = (int) in.integer("retries", 0, Integer.MAX_VALUE, 0);
        String parent = in.text("parent_job", "");
        if (!parent.isEmpty()) {
            job.parent(new JobName(parent));
        }
        job.processors(in.textMaps("processors"));
        String concurrency = in.text("concurrency", Concurrency.ALLOW.text());
        job.concurrency(
                Words.find(Concurrency.values(), Concurrency::text, concurrency).orElseGet(() -> {
                    problems.add(
                            prefix + "concurrency", "invalid concurrency policy value, use \"allow\" or \"forbid\"");
                    return Concurrency.ALLOW;
                }));
        job.executor(in.text("executor", ""))
                .executorConfig(in.texts("executor_config"))
                .ephemeral(in.bool("ephemeral", false))
                .startsAt(in.time("starts_at"))
                .expiresAt(in.time("expires_at"))
                .timeout(in.text("timeout", ""))
                .misfire(misfire(in, problems, prefix));
        RetryPolicy none = RetryPolicy.NONE;
        job.retry(new RetryPolicy(
                retries,
                in.text("retry_delay", none.delay()),
                in.text("retry_max_delay", none.maxDelay()),
                in.number("retry_backoff", none.backoff()),
                in.number("retry_jitter", none.jitter())));
        String notify = in.text("notify_on", NotifyOn.ALWAYS.text());
        job.notifyOn(Words.find(NotifyOn.values(), NotifyOn::text, notify).orElseGet(() -> {
            problems.add(prefix + "notify_on", "must be always, failure or change");
            return NotifyOn.ALWAYS;
        }));
        job.keepLogs(keepLogs(in, problems, prefix)).lostAfter(in.text("lost_after", ""));
    }

    private static MisfirePolicy misfire(JsonFields in, Problems problems, String prefix) {
        MisfirePolicy usual = MisfirePolicy.DEFAULT;
        Optional<Misfire> mode = Words.find(
                Misfire.values(), Misfire::text, in.text("misfire", usual.mode().text()));
        if (mode.isEmpty()) {
            problems.add(prefix + "misfire", "must be skip, once or all");
        }
        return new MisfirePolicy(
                mode.orElse(usual.mode()),
                (int) in.integer("misfire_limit", 0, Integer.MAX_VALUE, usual.limit()),
                in.text("misfire_grace", usual.grace()));
    }

    private static Optional<KeepLogs> keepLogs(JsonFields in, Problems problems, String prefix) {
        return in.object("keep_logs").map(map -> {
            String inner = prefix + "keep_logs.";
            Problems wrong = new Problems();
            JsonFields fields = new JsonFields(map, Set.of("size", "age"), inner, wrong);
            KeepLogs keep = new KeepLogs(fields.text("size", ""), fields.text("age", ""));
            fields.unknown().forEach(name -> wrong.add(name, "is unknown: keep_logs takes size and age"));
            problems.addAll(wrong.list());
            return keep;
        });
    }
}
