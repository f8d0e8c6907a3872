package io.dkron.cli.job;

import io.dkron.cli.client.ApiClient;
import io.dkron.cli.client.ApiException;
import io.dkron.cli.client.Call;
import io.dkron.cli.client.Fields;
import io.dkron.cli.print.Safe;
import io.dkron.core.json.Json;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The commands that turn jobs on and off. */
final class SwitchCommands {
    private SwitchCommands() {}

    /** Sets jobs to one state, whatever they are in. */
    abstract static class Setting extends ApiCommand {
        @Parameters(arity = "1..*", paramLabel = "<job>")
        private List<String> names;

        private final String action;

        Setting(Surroundings surroundings, String action) {
            super(surroundings);
            this.action = action;
        }

        @Override
        int run(ApiClient api) {
            byte[] body = Json.write(Map.of("action", action, "names", names));
            int code = OK;
            for (Map<String, Object> result :
                    api.ask(Call.post("/v1/jobs/bulk", body)).objects()) {
                String name = Fields.text(result, "name");
                if (Fields.number(result, "status").equals("200")) {
                    out().println(Safe.text(name) + " " + action + "d");
                } else {
                    failed(name + ": " + Fields.text(result, "detail"));
                    code = FAILED;
                }
            }
            return code;
        }
    }

    /** {@code dkron job enable}. */
    @Command(name = "enable", description = "Let jobs fire again.")
    static final class Enable extends Setting {
        Enable(Surroundings surroundings) {
            super(surroundings, "enable");
        }
    }

    /** {@code dkron job disable}. */
    @Command(name = "disable", description = "Let jobs fire no more; what runs goes on.")
    static final class Disable extends Setting {
        Disable(Surroundings surroundings) {
            super(surroundings, "disable");
        }
    }

    /** {@code dkron job toggle}. */
    @Command(name = "toggle", description = "Disable jobs that are enabled, enable those that are not.")
    static final class Toggle extends ApiCommand {
        @Parameters(arity = "1..*", paramLabel = "<job>")
        private List<String> names;

        Toggle(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        int run(ApiClient api) {
            int code = OK;
            for (String name : names) {
                try {
                    Map<String, Object> job =
                            api.ask(Call.post(Call.job(name, "/toggle"))).object();
                    out().println(Safe.text(name) + (Fields.flag(job, "disabled") ? " disabled" : " enabled"));
                } catch (ApiException e) {
                    if (e.status() == 0) {
                        throw e; // the next would meet the same
                    }
                    failed(name + ": " + e.getMessage());
                    code = FAILED;
                }
            }
            return code;
        }
    }
}
