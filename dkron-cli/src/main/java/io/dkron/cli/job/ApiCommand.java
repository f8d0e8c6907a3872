package io.dkron.cli.job;

import io.dkron.cli.client.ApiClient;
import io.dkron.cli.print.StandardOutput;
import io.dkron.cli.print.When;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that asks the API. It ends with 0, with 1 when something failed, with 2 when it was typed wrongly. */
abstract class ApiCommand implements Callable<Integer> {
    static final int OK = 0;
    static final int FAILED = 1;

    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOption server;

    ApiCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /**
     * Does its work; answers the exit code.
     *
     * @throws io.dkron.cli.client.ApiException as the API answers; its message is printed
     */
    abstract int run(ApiClient api);

    @Override
    public final Integer call() {
        return run(new ApiClient(server.endpoint(spec, surroundings.environment()), surroundings.pause()));
    }

    Surroundings surroundings() {
        return surroundings;
    }

    When when() {
        return new When(surroundings.clock());
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** Prints bytes of the API unchanged, and ends the line. */
    void json(byte[] body) {
        bytes(body);
        out().println();
    }

    /** Prints bytes as they are, where that can be done. */
    void bytes(byte[] bytes) {
        if (out() instanceof StandardOutput output) {
            output.bytes(bytes);
        } else {
            out().print(new String(bytes, StandardCharsets.UTF_8));
            out().flush();
        }
    }

    void failed(String message) {
        err().println("dkron: " + message);
    }

    ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Asks whoever sits at the terminal; anything but a yes is a no. */
    boolean agrees(String question) {
        err().print(question + " [y/N] ");
        err().flush();
        try {
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(surroundings.in(), StandardCharsets.UTF_8));
            String answer = reader.readLine();
            return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
        } catch (IOException e) {
            throw new IllegalStateException("standard input cannot be read: " + e.getMessage(), e);
        }
    }
}
