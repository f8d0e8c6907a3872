package io.dkron.cli.job;

import io.dkron.cli.apply.Definition;
import io.dkron.cli.client.Answer;
import io.dkron.cli.client.ApiClient;
import io.dkron.cli.client.Call;
import io.dkron.cli.client.Fields;
import io.dkron.cli.print.Safe;
import io.dkron.cli.print.TextTable;
import io.dkron.cli.print.YamlText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dkron job list}. */
@Command(name = "list", description = "List jobs, or those that match.")
final class JobListCommand extends ApiCommand {
    /** As much of a text as a line of a terminal bears; files and pipes get all of it. */
    private static final int LONGEST_CELL = 40;

    @Option(
            names = {"--filter", "-q"},
            paramLabel = "<text>",
            description = "part of the name or of the name shown")
    private Optional<String> filter = Optional.empty();

    @Option(
            names = "--status",
            paramLabel = "<status>",
            description = "success, failed, partially_failed, cancelled, running; untriggered for those that never ran")
    private Optional<String> status = Optional.empty();

    @Option(
            names = "--disabled",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            description = "those that are disabled; with =false those that are not")
    private Optional<Boolean> disabled = Optional.empty();

    @Option(names = "--owner", paramLabel = "<name>", description = "whose they are")
    private Optional<String> owner = Optional.empty();

    @Option(
            names = {"--label", "-l"},
            paramLabel = "<key=value>",
            description = "with this in their metadata; may be repeated")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Mixin
    private OutputOption output;

    JobListCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(ApiClient api) {
        Answer answer = api.ask(Call.get("/v1/jobs" + query()));
        switch (output.form()) {
            case json -> json(answer.body());
            case yaml ->
                answer.objects()
                        .forEach(job -> out().print(
                                        "---\n" + YamlText.of(Definition.of(job).brief())));
            case name -> answer.objects().forEach(job -> out().println(Fields.text(job, "name")));
            case table -> table(answer.objects());
        }
        out().flush();
        return OK;
    }

    private String query() {
        List<String> parts = new ArrayList<>();
        filter.ifPresent(text -> parts.add("q=" + Call.encoded(text)));
        status.ifPresent(word -> parts.add("status=" + Call.encoded(word)));
        disabled.ifPresent(flag -> parts.add("disabled=" + flag));
        owner.ifPresent(name -> parts.add("owner=" + Call.encoded(name)));
        labels.forEach((key, value) -> parts.add(Call.encoded("metadata[" + key + "]") + "=" + Call.encoded(value)));
        return parts.isEmpty() ? "" : "?" + String.join("&", parts);
    }

    private void table(List<Map<String, Object>> jobs) {
        if (jobs.isEmpty()) {
            err().println(query().isEmpty() ? "no jobs" : "no jobs match");
            return;
        }
        JobText text = new JobText(when());
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NAME", "SCHEDULE", "STATUS", "RECENT", "NEXT", "RUNS ON"));
        for (Map<String, Object> job : jobs) {
            rows.add(List.of(
                    Safe.text(Fields.text(job, "name")),
                    cell(text.schedule(job)),
                    text.status(job),
                    text.recent(job),
                    text.next(job),
                    cell(text.targets(job))));
        }
        out().println(TextTable.of(rows));
    }

    private String cell(String text) {
        return surroundings().terminal().person() ? Safe.text(text, LONGEST_CELL) : text;
    }
}
