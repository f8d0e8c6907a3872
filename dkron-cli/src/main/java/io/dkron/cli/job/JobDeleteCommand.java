package io.dkron.cli.job;

import io.dkron.cli.client.ApiClient;
import io.dkron.cli.client.ApiException;
import io.dkron.cli.client.Call;
import io.dkron.cli.print.Safe;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dkron job delete}. */
@Command(name = "delete", description = "Delete jobs with their executions. On a terminal it asks first.")
final class JobDeleteCommand extends ApiCommand {
    @Parameters(arity = "1..*", paramLabel = "<job>")
    private List<String> names;

    @Option(names = "--cascade", description = "delete the jobs that follow them too")
    private boolean cascade;

    @Option(
            names = {"-y", "--yes"},
            description = "do not ask")
    private boolean yes;

    JobDeleteCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(ApiClient api) {
        String what = String.join(", ", names) + (cascade ? ", and all that follow," : "");
        if (!yes
                && surroundings().terminal().person()
                && !agrees("Delete " + Safe.text(what) + " with all executions?")) {
            err().println("nothing was deleted");
            return FAILED;
        }
        int code = OK;
        for (String name : names) {
            try {
                api.ask(Call.delete(Call.job(name, cascade ? "?cascade=true" : "")));
                out().println(Safe.text(name) + " deleted");
            } catch (ApiException e) {
                if (e.status() == 0) {
                    throw e; // the next would meet the same
                }
                // The server speaks to clients of its API, who write the flag another way.
                failed(name + ": " + e.getMessage().replace("?cascade=true", "--cascade"));
                code = FAILED;
            }
        }
        return code;
    }
}
