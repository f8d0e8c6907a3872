package io.dkron.cli.command;

import io.dkron.cli.job.ApplyCommand;
import io.dkron.cli.job.Commands;
import io.dkron.cli.job.JobCommand;
import io.dkron.cli.job.Surroundings;
import io.dkron.cli.job.ValidateCommand;
import io.dkron.cli.print.StandardOutput;
import java.io.ByteArrayInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code dkron} itself: knows its commands. They end with 0, or with 1 for any error; those that came after Dkron's own tell
 * a wrong command line by 2.
 */
@Command(
        name = "dkron",
        description = "Runs scheduled jobs on a cluster.",
        subcommands = {
            JobCommand.class,
            ApplyCommand.class,
            ValidateCommand.class,
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
    private static final int FAILED = 1;
    private static final int WRONG = 2;
    private static final Set<String> TELLING_WRONG = Set.of("job", "apply", "validate");

    @Spec
    private CommandSpec spec;

    /** Runs a command line. */
    public static int run(String... arguments) {
        CommandLine line = line();
        line.setOut(new StandardOutput(new FileOutputStream(FileDescriptor.out)));
        boolean agent = arguments.length > 0 && arguments[0].equals("agent");
        return line.execute(agent ? AgentCommand.withBooleans(arguments) : arguments);
    }

    /** The whole command line, for running it and for describing it. */
    public static CommandLine line() {
        return line(Surroundings.here());
    }

    /** The same in other surroundings. */
    public static CommandLine line(Surroundings surroundings) {
        CommandLine line = new CommandLine(new DkronCommand(), new Commands(surroundings));
        line.addSubcommand("agent", AgentCommand.line());
        line.setExpandAtFiles(false);
        line.setParameterExceptionHandler(DkronCommand::wrong);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println("dkron: " + failure.getMessage());
            return FAILED;
        });
        withHelp(line);
        return line;
    }

    /** Runs what people run most often, for the class-data archive; what they print is of no interest. */
    static void train(String url) {
        List.of(
                        List.of("list"),
                        List.of("get", "train"),
                        List.of("get", "train", "-o", "yaml"),
                        List.of("history", "train"))
                .forEach(command -> trained(url, "job", command));
        trained(url, "apply", List.of("--dry-run", "-f", "-"));
    }

    private static void trained(String url, String group, List<String> more) {
        Surroundings here = Surroundings.here();
        InputStream job =
                new ByteArrayInputStream("name: trained\nschedule: '@manually'\n".getBytes(StandardCharsets.US_ASCII));
        CommandLine line = line(new Surroundings(Map.of(), job, here.streams(), here.clock(), here.pause()));
        line.setOut(new StandardOutput(OutputStream.nullOutputStream()));
        List<String> arguments = new ArrayList<>(List.of(group));
        arguments.addAll(more);
        arguments.addAll(List.of("--server", url));
        line.execute(arguments.toArray(String[]::new));
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
        return tellsWrong(command) ? WRONG : FAILED;
    }

    private static boolean tellsWrong(CommandLine command) {
        CommandLine each = command;
        while (each.getParent() != null && each.getParent().getParent() != null) {
            each = each.getParent();
        }
        return TELLING_WRONG.contains(each.getCommandName());
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return 0;
    }
}
