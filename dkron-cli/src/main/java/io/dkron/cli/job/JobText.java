package io.dkron.cli.job;

import io.dkron.cli.client.Fields;
import io.dkron.cli.print.Safe;
import io.dkron.cli.print.When;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Parts of a job in words. Immutable. */
final class JobText {
    private static final int RECENT = 10;
    private static final Map<String, String> SIGNS =
            Map.of("success", "✓", "failed", "✗", "partially_failed", "◐", "running", "▶", "cancelled", "⊘");

    private final When when;

    JobText(When when) {
        this.when = when;
    }

    /** {@code success}, {@code never ran}; {@code disabled} before all else. */
    String status(Map<String, Object> job) {
        String status = Fields.text(job, "status");
        String words = status.isEmpty() ? "never ran" : status;
        return Fields.flag(job, "disabled") ? "disabled (" + words + ")" : words;
    }

    /** A sign for each of the last results, the newest last. */
    String recent(Map<String, Object> job) {
        List<Map<String, Object>> groups = Fields.objects(Fields.list(job, "recent"));
        return groups.subList(Math.max(0, groups.size() - RECENT), groups.size()).stream()
                .map(group -> SIGNS.getOrDefault(Fields.text(group, "status"), "?"))
                .collect(Collectors.joining());
    }

    /** When it fires next, or why it does not. */
    String next(Map<String, Object> job) {
        String parent = Fields.text(job, "parent_job");
        return Fields.time(job, "next").map(when::both).orElse(parent.isEmpty() ? "-" : "after " + Safe.text(parent));
    }

    String schedule(Map<String, Object> job) {
        String schedule = Fields.text(job, "schedule");
        String zone = Fields.text(job, "timezone");
        return schedule.isEmpty() ? "-" : Safe.text(schedule) + (zone.isEmpty() ? "" : " " + Safe.text(zone));
    }

    /** {@code role=web:1,dc=dc1}, or {@code all}. */
    String targets(Map<String, Object> job) {
        return pairs(Fields.texts(job, "tags"), "all");
    }

    static String pairs(Map<String, String> map, String none) {
        return map.isEmpty()
                ? none
                : map.entrySet().stream()
                        .map(each -> Safe.text(each.getKey() + "=" + each.getValue()))
                        .collect(Collectors.joining(","));
    }
}
