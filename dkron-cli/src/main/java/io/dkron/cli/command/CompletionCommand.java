package io.dkron.cli.command;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a completion script. One script serves bash and zsh. */
@Command(name = "completion", description = "Print a completion script for bash or zsh.")
final class CompletionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "bash or zsh")
    private String shell;

    @Override
    public Integer call() {
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw new ParameterException(
                    spec.commandLine(), "completion for \"" + shell + "\" is not available yet; bash and zsh are");
        }
        spec.commandLine().getOut().print(AutoComplete.bash("dkron", spec.root().commandLine()));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
