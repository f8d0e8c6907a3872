package io.dkron.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the version in the form that scripts know, then Java's. */
@Command(name = "version", description = "Print the version.")
final class VersionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        out.println("Dkron " + version());
        out.println("Agent Protocol: 5 (Understands back to: 2)");
        out.println("Java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")");
        return 0;
    }

    /** The version of this build, from the jar's manifest. */
    static String version() {
        String version = VersionCommand.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
