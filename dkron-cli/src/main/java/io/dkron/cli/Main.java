package io.dkron.cli;

import io.dkron.cli.command.DkronCommand;

/** The program. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        int code = DkronCommand.run(arguments);
        // A node that runs has ended itself; what is left are commands, whose daemon threads must not hold them up.
        System.exit(code);
    }
}
