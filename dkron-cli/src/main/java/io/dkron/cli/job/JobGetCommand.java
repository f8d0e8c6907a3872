package io.dkron.cli.job;

import io.dkron.cli.apply.Definition;
import io.dkron.cli.client.Answer;
import io.dkron.cli.client.ApiClient;
import io.dkron.cli.client.Call;
import io.dkron.cli.client.Fields;
import io.dkron.cli.print.Safe;
import io.dkron.cli.print.YamlText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dkron job get}. */
@Command(
        name = "get",
        description = {"Show a job.", "-o yaml prints it as a file that dkron apply takes."})
final class JobGetCommand extends ApiCommand {
    private static final int FIRINGS = 3;

    @Parameters(paramLabel = "<job>")
    private String name;

    @Mixin
    private OutputOption output;

    JobGetCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(ApiClient api) {
        Answer answer = api.ask(Call.get(Call.job(name, "")));
        switch (output.form()) {
            case json -> json(answer.body());
            case yaml -> out().print(YamlText.of(Definition.of(answer.object()).brief()));
            case name -> out().println(Fields.text(answer.object(), "name"));
            case table -> {
                Answer schedule = api.ask(Call.get(Call.job(name, "/schedule?count=" + FIRINGS)));
                page(answer.object(), schedule.object());
            }
        }
        out().flush();
        return OK;
    }

    private void page(Map<String, Object> job, Map<String, Object> schedule) {
        Map<String, String> lines = new LinkedHashMap<>();
        JobText text = new JobText(when());
        lines.put("Name", Fields.text(job, "name"));
        lines.put("Shown as", Fields.text(job, "displayname"));
        lines.put("Owner", (Fields.text(job, "owner") + " " + Fields.text(job, "owner_email")).strip());
        lines.put("Schedule", schedule(job, schedule));
        lines.put("Next", next(job, schedule, text));
        lines.put("Follows", Fields.text(job, "parent_job"));
        lines.put("Followed by", String.join(", ", Fields.strings(job, "dependent_jobs")));
        lines.put("Status", text.status(job) + "  " + text.recent(job));
        lines.put(
                "Runs",
                Fields.number(job, "success_count") + " succeeded, " + Fields.number(job, "error_count") + " failed");
        Fields.time(job, "last_success").ifPresent(at -> lines.put("Last success", when().both(at)));
        Fields.time(job, "last_error").ifPresent(at -> lines.put("Last failure", when().both(at)));
        lines.put("Runs on", text.targets(job));
        lines.put("Metadata", JobText.pairs(Fields.texts(job, "metadata"), ""));
        lines.put("Executor", Fields.text(job, "executor"));
        Fields.texts(job, "executor_config").forEach((key, value) -> lines.put("  " + key, value));
        policies(job, lines);
        int width = lines.keySet().stream().mapToInt(String::length).max().orElse(0) + 2;
        lines.forEach((key, value) -> {
            if (!value.isBlank()) {
                out().println(key + " ".repeat(width - key.length()) + Safe.text(value.strip()));
            }
        });
    }

    /** What differs from the defaults, in the names of the fields. */
    private static void policies(Map<String, Object> job, Map<String, String> lines) {
        Map<String, Object> said = Definition.of(job).brief();
        List.of("name", "displayname", "owner", "owner_email", "schedule", "timezone", "parent_job", "disabled")
                .forEach(said::remove);
        List.of("tags", "metadata", "executor", "executor_config").forEach(said::remove);
        said.forEach((field, value) -> lines.put(field, String.valueOf(value)));
    }

    private static String schedule(Map<String, Object> job, Map<String, Object> schedule) {
        String written = Fields.text(job, "schedule");
        String words = Fields.text(schedule, "description");
        String zone = Fields.text(schedule, "timezone");
        if (written.isEmpty()) {
            return "";
        }
        return written + (words.isEmpty() || words.equals(written) ? "" : "  (" + words + ")") + "  " + zone;
    }

    private String next(Map<String, Object> job, Map<String, Object> schedule, JobText text) {
        List<Map<String, Object>> firings = Fields.objects(Fields.list(schedule, "next"));
        if (firings.isEmpty()) {
            return text.next(job);
        }
        return String.join(
                ", ",
                firings.stream()
                        .flatMap(firing -> Fields.time(firing, "utc").stream())
                        .map(when()::both)
                        .toList());
    }
}
