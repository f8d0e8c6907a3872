package io.dkron.cli.job;

import io.dkron.cli.client.Answer;
import io.dkron.cli.client.ApiClient;
import io.dkron.cli.client.Call;
import io.dkron.cli.print.Safe;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code dkron job cancel}. */
@Command(name = "cancel", description = "End what runs of a job, or one execution: its process gets TERM, later KILL.")
final class JobCancelCommand extends ApiCommand {
    @Parameters(index = "0", paramLabel = "<job>")
    private String name;

    @Parameters(index = "1", arity = "0..1", paramLabel = "<execution>", description = "see dkron job history")
    private Optional<String> execution = Optional.empty();

    JobCancelCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(ApiClient api) {
        String path = execution
                .map(id -> Call.job(name, "/executions/" + Call.encoded(id) + "/cancel"))
                .orElseGet(() -> Call.job(name, "/cancel"));
        Answer answer = api.ask(Call.post(path));
        List<Map<String, Object>> asked = execution.isPresent() ? List.of(answer.object()) : answer.objects();
        asked.forEach(
                run -> out().println("cancelling " + Safe.text(Runs.id(run)) + " on " + Safe.text(Runs.node(run))));
        return OK;
    }
}
