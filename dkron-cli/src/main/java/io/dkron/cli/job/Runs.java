package io.dkron.cli.job;

import io.dkron.cli.client.Answer;
import io.dkron.cli.client.ApiClient;
import io.dkron.cli.client.Call;
import io.dkron.cli.client.Fields;
import io.dkron.cli.print.When;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The executions of one job, as they are now. Safe for many threads. */
final class Runs {
    private static final Set<String> UNDER_WAY = Set.of("running", "waiting");
    private static final int NEWEST = 200;

    private final ApiClient api;
    private final String job;

    Runs(ApiClient api, String job) {
        this.api = api;
        this.job = job;
    }

    /** The newest executions, newest first, without their output; empty if there is no such job (any more). */
    Optional<List<Map<String, Object>>> newest() {
        return api.find(Call.get(Call.job(job, "/executions?_end=" + NEWEST + "&output_size_limit=0")))
                .map(Answer::objects);
    }

    /** Those of one group, in the order of their start; empty if there is no such job (any more). */
    Optional<List<Map<String, Object>>> ofGroup(String group) {
        return newest().map(all -> {
            List<Map<String, Object>> found = new java.util.ArrayList<>(all.stream()
                    .filter(run -> Fields.number(run, "group").equals(group))
                    .toList());
            java.util.Collections.reverse(found);
            return List.copyOf(found);
        });
    }

    /** Whether all of a group has ended, retries included; a job that is gone has no group under way. */
    boolean ended(String group) {
        Optional<Answer> answer = api.find(Call.get(Call.job(job, "")));
        if (answer.isEmpty()) {
            return true;
        }
        Optional<String> status = Fields.objects(Fields.list(answer.get().object(), "recent")).stream()
                .filter(each -> Fields.text(each, "group").equals(group))
                .map(each -> Fields.text(each, "status"))
                .findFirst();
        // A group too old for that list is told by its executions.
        return status.map(word -> !word.equals("running"))
                .orElseGet(() -> ofGroup(group).orElse(List.of()).stream().noneMatch(Runs::underWay));
    }

    static boolean underWay(Map<String, Object> execution) {
        return UNDER_WAY.contains(Fields.text(execution, "state"));
    }

    static String id(Map<String, Object> execution) {
        return Fields.text(execution, "id");
    }

    static String node(Map<String, Object> execution) {
        return Fields.text(execution, "node_name");
    }

    /** Whether the last attempt on each node succeeded; false for no execution at all. */
    static boolean succeeded(List<Map<String, Object>> group) {
        Map<String, Boolean> byNode = new java.util.HashMap<>();
        group.forEach(run -> byNode.put(node(run), Fields.flag(run, "success")));
        return !byNode.isEmpty() && byNode.values().stream().allMatch(ok -> ok);
    }

    /** How long it took, or has taken so far. */
    static String took(Map<String, Object> execution, Instant now) {
        Optional<Instant> start = Fields.time(execution, "started_at");
        Instant end = Fields.time(execution, "finished_at").orElse(now);
        return start.filter(from -> !Fields.text(execution, "state").equals("waiting"))
                .map(from -> Duration.between(from, end))
                .map(time -> When.took(time.isNegative() ? Duration.ZERO : time))
                .orElse("-");
    }
}
