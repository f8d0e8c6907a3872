package io.dkron.cli.job;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dkron job}: what people do with jobs. */
@Command(
        name = "job",
        description = {
            "List, run, watch and change jobs, through a server's API.",
            "All its commands end with 0, with 1 when something failed, with 2 when they were typed wrongly."
        },
        subcommands = {
            JobListCommand.class,
            JobGetCommand.class,
            ApplyCommand.class,
            JobRunCommand.class,
            JobLogsCommand.class,
            JobHistoryCommand.class,
            JobCancelCommand.class,
            SwitchCommands.Enable.class,
            SwitchCommands.Disable.class,
            SwitchCommands.Toggle.class,
            JobDeleteCommand.class
        })
public final class JobCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ApiCommand.OK;
    }
}
