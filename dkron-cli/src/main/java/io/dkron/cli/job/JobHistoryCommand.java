package io.dkron.cli.job;

import io.dkron.cli.client.Answer;
import io.dkron.cli.client.ApiClient;
import io.dkron.cli.client.Call;
import io.dkron.cli.client.Fields;
import io.dkron.cli.print.Safe;
import io.dkron.cli.print.TextTable;
import io.dkron.cli.print.YamlText;
import io.dkron.core.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dkron job history}. */
@Command(name = "history", description = "List a job's executions, the newest first.")
final class JobHistoryCommand extends ApiCommand {
    @Parameters(paramLabel = "<job>")
    private String name;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "<number>",
            description = "how many (default 20)")
    private int limit = 20;

    @Mixin
    private OutputOption output;

    JobHistoryCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(ApiClient api) {
        if (limit < 1) {
            throw wrong("--limit: must be 1 or more");
        }
        boolean table = output.form() == OutputOption.Form.table;
        String rows = "/executions?_end=" + limit + (table ? "&output_size_limit=0" : "");
        Answer answer = api.ask(Call.get(Call.job(name, rows)));
        switch (output.form()) {
            case json -> json(answer.body());
            case yaml -> out().print(YamlText.of(Json.read(answer.body())));
            case name -> answer.objects().forEach(run -> out().println(Runs.id(run)));
            case table -> table(answer.objects());
        }
        out().flush();
        return OK;
    }

    private void table(List<Map<String, Object>> runs) {
        if (runs.isEmpty()) {
            err().println("no executions");
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("STARTED", "NODE", "STATE", "TOOK", "ATTEMPT", "TRIGGER", "EXECUTION"));
        for (Map<String, Object> run : runs) {
            rows.add(List.of(
                    Fields.time(run, "started_at").map(when()::both).orElse("-"),
                    Safe.text(Runs.node(run)),
                    Fields.text(run, "state"),
                    Runs.took(run, surroundings().clock().instant()),
                    Fields.number(run, "attempt"),
                    Fields.text(run, "trigger"),
                    Safe.text(Runs.id(run))));
        }
        out().println(TextTable.of(rows));
    }
}
