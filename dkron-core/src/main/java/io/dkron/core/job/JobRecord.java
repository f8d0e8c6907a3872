package io.dkron.core.job;

import io.dkron.core.json.Json;
import io.dkron.core.json.JsonFields;
import io.dkron.core.json.JsonOut;
import io.dkron.core.problem.MalformedInputException;
import io.dkron.core.problem.Problems;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A job as it is stored: first the fields of Dkron 1.x in its form, so that it opens our data and we open its, then what
 * came later, left out where it is at its default.
 */
final class JobRecord {
    private static final Set<String> KNOWN = known();

    private JobRecord() {}

    static void write(JsonOut json, Job job) {
        JobDefinition d = job.definition();
        JobState s = job.state();
        json.startObject()
                .text("name", d.name().value())
                .text("timezone", d.timezone())
                .text("schedule", d.schedule())
                .text("owner", d.owner())
                .text("owner_email", d.ownerEmail())
                .number("success_count", s.successCount())
                .number("error_count", s.errorCount())
                .timeOrZero("last_success", s.lastSuccess())
                .timeOrZero("last_error", s.lastError())
                .bool("disabled", d.disabled())
                .mapOrNull("tags", d.tags())
                .number("retries", d.retry().retries())
                .text("parent_job", d.parent().map(JobName::value).orElse(""));
        json.name("processors").startObject();
        d.processors().forEach((name, config) -> json.name(name).map(config));
        json.endObject()
                .text("concurrency", d.concurrency().text())
                .text("executor", d.executor())
                .mapOrNull("executor_config", d.executorConfig())
                .text("status", s.status().text())
                .timeOrZero("next", s.next());
        later(json, d);
        state(json, s);
        s.unknown().forEach((name, value) -> json.name(name).raw(value));
        json.endObject();
    }

    private static void later(JsonOut json, JobDefinition d) {
        if (!d.displayName().isEmpty()) {
            json.text("displayname", d.displayName());
        }
        if (!d.metadata().isEmpty()) {
            json.mapOrNull("metadata", d.metadata());
        }
        if (d.ephemeral()) {
            json.bool("ephemeral", true);
        }
        d.startsAt().ifPresent(t -> json.time("starts_at", t));
        d.expiresAt().ifPresent(t -> json.time("expires_at", t));
        JobWriter.ours(json, d, true);
    }

    private static void state(JsonOut json, JobState s) {
        json.text("uid", s.uid()).number("revision", s.revision()).time("anchor", s.anchor());
        s.lastDue().ifPresent(t -> json.time("last_due", t));
        json.number("last_group", s.lastGroup()).number("last_number", s.lastNumber());
        if (!s.live().isEmpty()) {
            json.textsOrNull("live", s.live());
        }
        if (s.missedCount() != 0) {
            json.number("missed_count", s.missedCount());
        }
        if (s.skippedCount() != 0) {
            json.number("skipped_count", s.skippedCount());
        }
        if (!s.recent().isEmpty()) {
            json.name("recent").startArray();
            s.recent()
                    .forEach(g -> json.startObject()
                            .number("group", g.group())
                            .time("at", g.at())
                            .text("status", g.status().text())
                            .number("ns", g.took().toNanos())
                            .endObject());
            json.endArray();
        }
        if (!s.missed().isEmpty()) {
            json.name("missed").startArray();
            s.missed()
                    .forEach(m -> json.startObject()
                            .text("reason", m.reason().text())
                            .number("count", m.count())
                            .time("first", m.first())
                            .time("last", m.last())
                            .endObject());
            json.endArray();
        }
    }

    static Job read(Map<String, Object> stored) {
        Problems problems = new Problems();
        Map<String, Object> fields = withoutOldCommand(stored);
        JsonFields in = new JsonFields(fields, KNOWN, "", problems);
        String name = in.text("name", "");
        if (name.isEmpty()) {
            throw MalformedInputException.whole("a stored job without a name");
        }
        JobDefinition.Builder definition = JobDefinition.named(name);
        JobFields.read(in, definition, problems, "");
        Job job = new Job(withoutReportingNode(definition.build()), state(in, name, unknown(in, fields)));
        if (!problems.isEmpty()) {
            throw new MalformedInputException(problems.list());
        }
        return job;
    }

    private static SortedMap<String, String> unknown(JsonFields in, Map<String, Object> fields) {
        SortedMap<String, String> unknown = new TreeMap<>();
        in.unknown()
                .forEach(name -> unknown.put(name, new String(Json.write(fields.get(name)), StandardCharsets.UTF_8)));
        return unknown;
    }

    private static JobState state(JsonFields in, String name, SortedMap<String, String> unknown) {
        boolean ours = in.has("uid");
        JobStatus status = Words.find(JobStatus.values(), JobStatus::text, in.text("status", ""))
                .orElse(JobStatus.NONE);
        return new JobState(
                in.text("uid", "v1-" + name),
                in.integer("revision", 1, Long.MAX_VALUE, 1),
                in.time("anchor").orElse(Instant.EPOCH),
                ours ? in.time("next") : Optional.empty(), // that of Dkron 1.x is stale
                in.time("last_due"),
                in.integer("last_group", 0, Long.MAX_VALUE, 0),
                in.integer("last_number", 0, Long.MAX_VALUE, 0),
                live(in),
                status == JobStatus.RUNNING && !ours ? JobStatus.NONE : status,
                in.integer("success_count", 0, Long.MAX_VALUE, 0),
                in.integer("error_count", 0, Long.MAX_VALUE, 0),
                in.time("last_success"),
                in.time("last_error"),
                in.integer("missed_count", 0, Long.MAX_VALUE, 0),
                in.integer("skipped_count", 0, Long.MAX_VALUE, 0),
                recent(in),
                missed(in),
                unknown);
    }

    private static List<ExecutionId> live(JsonFields in) {
        List<ExecutionId> ids = new ArrayList<>();
        for (Object each : in.list("live")) {
            Optional<ExecutionId> id = ExecutionId.parse(each.toString());
            if (id.isPresent()) {
                ids.add(id.get());
            } else {
                in.wrong("live", "holds no execution id: " + each);
            }
        }
        return ids;
    }

    private static List<RecentGroup> recent(JsonFields in) {
        List<RecentGroup> groups = new ArrayList<>();
        for (Object each : in.list("recent")) {
            Problems wrong = new Problems();
            JsonFields g = new JsonFields(Json.object(each), Set.of("group", "at", "status", "ns"), "", wrong);
            groups.add(new RecentGroup(
                    g.integer("group", Long.MIN_VALUE, Long.MAX_VALUE, 0),
                    g.time("at").orElse(Instant.EPOCH),
                    Words.find(JobStatus.values(), JobStatus::text, g.text("status", ""))
                            .orElse(JobStatus.FAILED),
                    Duration.ofNanos(g.integer("ns", Long.MIN_VALUE, Long.MAX_VALUE, 0))));
            wrong.orThrow();
        }
        return groups;
    }

    private static List<MissedFirings> missed(JsonFields in) {
        List<MissedFirings> all = new ArrayList<>();
        for (Object each : in.list("missed")) {
            Problems wrong = new Problems();
            JsonFields m = new JsonFields(Json.object(each), Set.of("reason", "count", "first", "last"), "", wrong);
            Instant first = m.time("first").orElse(Instant.EPOCH);
            all.add(new MissedFirings(
                    Words.find(MissedFirings.Reason.values(), MissedFirings.Reason::text, m.text("reason", ""))
                            .orElse(MissedFirings.Reason.MISFIRE),
                    m.integer("count", 1, Long.MAX_VALUE, 1),
                    first,
                    m.time("last").orElse(first)));
            wrong.orThrow();
        }
        return all;
    }

    /** Dkron 0.x had the command beside the job: it becomes the shell executor's configuration. */
    private static Map<String, Object> withoutOldCommand(Map<String, Object> stored) {
        if (!(stored.get("command") instanceof String command)
                || command.isEmpty()
                || stored.get("executor") instanceof String executor && !executor.isEmpty()) {
            return stored;
        }
        Map<String, Object> config = new HashMap<>();
        config.put("command", command);
        config.put("shell", String.valueOf(Boolean.TRUE.equals(stored.get("shell"))));
        if (stored.get("environment_variables") instanceof List<?> variables && !variables.isEmpty()) {
            config.put(
                    "env",
                    String.join(",", variables.stream().map(Object::toString).toList()));
        }
        Map<String, Object> job = new HashMap<>(stored);
        job.keySet().removeAll(List.of("command", "shell", "environment_variables")); // the executor's from now on
        job.put("executor", "shell");
        job.put("executor_config", config);
        return job;
    }

    /** Dkron 1.x leaves the leader's name behind in each processor's configuration. */
    private static JobDefinition withoutReportingNode(JobDefinition job) {
        if (job.processors().values().stream().noneMatch(config -> config.containsKey("reporting_node"))) {
            return job;
        }
        Map<String, SortedMap<String, String>> cleaned = new LinkedHashMap<>();
        job.processors().forEach((name, config) -> {
            SortedMap<String, String> rest = new TreeMap<>(config);
            rest.remove("reporting_node");
            cleaned.put(name, rest);
        });
        return job.with().processors(cleaned).build();
    }

    private static Set<String> known() {
        Set<String> names = new LinkedHashSet<>(JobFields.DEFINED);
        names.addAll(JobFields.COMPUTED);
        names.addAll(List.of("uid", "revision", "anchor", "last_due", "last_group", "last_number", "live", "missed"));
        return Collections.unmodifiableSet(names);
    }
}
