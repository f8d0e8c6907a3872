package io.dkron.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Stands here for the help alone: bin/dkron does it, with flags of the JVM that no running one can take. */
@Command(
        name = "optimize",
        description = "Once after unpacking, for each JDK: a throw-away start that makes all later ones faster.")
final class OptimizeCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new IllegalStateException("optimize is done by bin/dkron; run it as: dkron optimize");
    }
}
