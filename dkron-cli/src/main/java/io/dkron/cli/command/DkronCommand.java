package io.dkron.cli.command;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dkron} itself: knows its commands, and ends with 0, or with 1 for any error. */
@Command(
        name = "dkron",
        description = "Runs scheduled jobs on a cluster.",
        subcommands = {
            VersionCommand.class,
            KeygenCommand.class,
            LeaveCommand.class,
            RaftCommand.class,
            StoreCommand.class,
            DocCommand.class,
            CompletionCommand.class,
            OptimizeCommand.class,
            HelpCommand.class
        })
public final class DkronCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** Runs a command line. */
    public static int run(String... arguments) {
        return line().execute(AgentCommand.withBooleans(arguments));
    }

    /** The whole command line, for running it and for describing it. */
    public static CommandLine line() {
        CommandLine line = new CommandLine(new DkronCommand());
        line.addSubcommand("agent", AgentCommand.line());
        line.setExpandAtFiles(false);
        line.setParameterExceptionHandler(DkronCommand::wrong);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println("dkron: " + failure.getMessage());
            return 1;
        });
        withHelp(line);
        return line;
    }

    private static void withHelp(CommandLine line) {
        line.getSubcommands().values().forEach(DkronCommand::withHelp);
        if (line.getCommandSpec().findOption("--help") == null) {
            line.getCommandSpec()
                    .addOption(CommandLine.Model.OptionSpec.builder("-h", "--help")
                            .usageHelp(true)
                            .description("show this help")
                            .build());
        }
    }

    private static int wrong(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("dkron: " + failure.getMessage());
        err.println("dkron: see " + command.getCommandSpec().qualifiedName() + " --help");
        return 1;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return 0;
    }
}
