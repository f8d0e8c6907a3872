package io.dkron.cli.command;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints a new key for {@code encrypt}, and nothing else. */
@Command(name = "keygen", description = "Print a new encryption key: 16 random bytes in base64.")
final class KeygenCommand implements Callable<Integer> {
    private static final int BYTES = 16;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        spec.commandLine().getOut().println(Base64.getEncoder().encodeToString(key));
        return 0;
    }
}
