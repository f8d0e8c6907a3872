package io.dkron.core.job;

import io.dkron.core.json.JsonOut;
import io.dkron.core.json.Profile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** Writes a job as the API shows it. Field order and null rules are Dkron's. */
final class JobWriter {
    private final JsonOut json;
    private final boolean v1;

    JobWriter(JsonOut json, Profile dialect) {
        this.json = json;
        this.v1 = dialect == Profile.V1;
    }

    void write(Job job, List<JobName> dependents) {
        JobDefinition d = job.definition();
        JobState s = job.state();
        json.startObject();
        if (!v1) {
            json.text("id", d.name().value());
        }
        json.text("name", d.name().value());
        textUnlessV1Default("displayname", d.displayName(), "");
        json.text("timezone", d.timezone())
                .text("schedule", d.schedule())
                .text("owner", d.owner())
                .text("owner_email", d.ownerEmail())
                .number("success_count", s.successCount())
                .number("error_count", s.errorCount());
        last(s);
        json.bool("disabled", d.disabled()).mapOrNull("tags", d.tags());
        if (!v1 || !d.metadata().isEmpty()) {
            json.mapOrNull("metadata", d.metadata());
        }
        json.number("retries", d.retry().retries())
                .textsOrNull("dependent_jobs", dependents)
                .text("parent_job", d.parent().map(JobName::value).orElse(""));
        processors(d.processors());
        json.text("concurrency", d.concurrency().text())
                .text("executor", d.executor())
                .mapOrNull("executor_config", d.executorConfig())
                .text("status", s.status().text())
                .timeOrZero("next", s.next());
        added(d);
        if (!v1) {
            computed(s);
        }
        json.endObject();
    }

    private void last(JobState s) {
        if (v1) {
            json.timeOrZero("last_success", s.lastSuccess()).timeOrZero("last_error", s.lastError());
        } else {
            json.timeOrNull("last_success", s.lastSuccess()).timeOrNull("last_error", s.lastError());
        }
    }

    /** In their order, which has a meaning: who reads a job and saves it back keeps it. */
    private void processors(Map<String, SortedMap<String, String>> processors) {
        if (v1 && processors.isEmpty()) {
            json.nothing("processors");
            return;
        }
        json.name("processors").startObject();
        processors.forEach((name, config) -> json.name(name).map(config));
        json.endObject();
    }

    /** Fields that came after Dkron 1.x, and ours. */
    private void added(JobDefinition d) {
        if (!v1 || d.ephemeral()) {
            json.bool("ephemeral", d.ephemeral());
        }
        if (!v1 || d.startsAt().isPresent()) {
            json.timeOrNull("starts_at", d.startsAt());
        }
        if (!v1 || d.expiresAt().isPresent()) {
            json.timeOrNull("expires_at", d.expiresAt());
        }
        ours(json, d, v1);
    }

    /** The fields that only we have, from {@code timeout} to {@code lost_after}, which stands there only if it is set. */
    static void ours(JsonOut json, JobDefinition d, boolean leaveOutDefaults) {
        MisfirePolicy misfire = d.misfire();
        MisfirePolicy usual = MisfirePolicy.DEFAULT;
        RetryPolicy retry = d.retry();
        RetryPolicy none = RetryPolicy.NONE;
        boolean all = !leaveOutDefaults;
        textUnless(json, "timeout", d.timeout(), all ? null : "");
        textUnless(
                json,
                "misfire",
                misfire.mode().text(),
                all ? null : usual.mode().text());
        if (all || misfire.limit() != usual.limit()) {
            json.number("misfire_limit", misfire.limit());
        }
        textUnless(json, "misfire_grace", misfire.grace(), all ? null : usual.grace());
        textUnless(json, "retry_delay", retry.delay(), all ? null : none.delay());
        textUnless(json, "retry_max_delay", retry.maxDelay(), all ? null : none.maxDelay());
        if (all || retry.backoff() != none.backoff()) {
            json.number("retry_backoff", retry.backoff());
        }
        if (all || retry.jitter() != none.jitter()) {
            json.number("retry_jitter", retry.jitter());
        }
        textUnless(json, "notify_on", d.notifyOn().text(), all ? null : NotifyOn.ALWAYS.text());
        Optional<KeepLogs> keep = d.keepLogs();
        if (keep.isPresent()) {
            json.name("keep_logs").startObject();
            json.text("size", keep.get().size()).text("age", keep.get().age()).endObject();
        } else if (all) {
            json.nothing("keep_logs");
        }
        textUnless(json, "lost_after", d.lostAfter(), "");
    }

    private void computed(JobState s) {
        json.number("missed_count", s.missedCount()).number("skipped_count", s.skippedCount());
        json.name("recent").startArray();
        for (RecentGroup group : s.recent()) {
            json.startObject()
                    .text("group", Long.toString(group.group()))
                    .time("at", group.at())
                    .text("status", group.status().text())
                    .number("ms", group.took().toMillis())
                    .endObject();
        }
        json.endArray();
    }

    private void textUnlessV1Default(String name, String value, String usual) {
        textUnless(json, name, value, v1 ? usual : null);
    }

    private static void textUnless(JsonOut json, String name, String value, String leftOut) {
        if (!value.equals(leftOut)) {
            json.text(name, value);
        }
    }
}
