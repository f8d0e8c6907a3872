package io.dkron.cli.job;

import io.dkron.agent.rpc.TlsFiles;
import io.dkron.cli.client.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The flags that say which server is asked, and as whom. A flag goes before its variable. */
final class ServerOption {
    private static final String LOCAL = "http://127.0.0.1:8080";

    @Option(
            names = "--server",
            paramLabel = "<url>",
            description = "a server's API (or DKRON_ADDR; default " + LOCAL + "); any server of the cluster will do")
    private String server = "";

    @Option(
            names = "--http-user",
            paramLabel = "<name>",
            description = "user of the API (or DKRON_HTTP_USER); a token instead goes into DKRON_TOKEN")
    private String user = "";

    @Option(
            names = "--http-password-file",
            paramLabel = "<path>",
            description = "file with the user's password (or DKRON_HTTP_PASSWORD_FILE)")
    private String passwordFile = "";

    @Option(
            names = "--trusted-ca-file",
            paramLabel = "<path>",
            description = "authorities of the server's certificate, PEM (or DKRON_TRUSTED_CA_FILE)")
    private String trusted = "";

    /**
     * Where to ask.
     *
     * @throws ParameterException naming the flag or variable that is wrong
     */
    Endpoint endpoint(CommandSpec spec, Map<String, String> environment) {
        try {
            URI base = base(environment);
            Optional<SSLSocketFactory> tls = base.getScheme().equals("https")
                    ? given(trusted, "DKRON_TRUSTED_CA_FILE", environment).map(ServerOption::trusting)
                    : Optional.empty();
            return new Endpoint(base, authorization(environment), tls);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private URI base(Map<String, String> environment) {
        String name = server.isEmpty() ? "DKRON_ADDR" : "--server";
        String text = given(server, "DKRON_ADDR", environment).orElse(LOCAL);
        try {
            return Endpoint.address(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
    }

    private Optional<String> authorization(Map<String, String> environment) {
        Optional<String> name = given(user, "DKRON_HTTP_USER", environment);
        if (name.isEmpty()) {
            return given("", "DKRON_TOKEN", environment).map(token -> "Bearer " + token);
        }
        String file = given(passwordFile, "DKRON_HTTP_PASSWORD_FILE", environment)
                .orElseThrow(() -> new IllegalArgumentException("--http-user: needs --http-password-file"));
        byte[] credentials =
                (name.get() + ":" + text(file, "--http-password-file").strip()).getBytes(StandardCharsets.UTF_8);
        return Optional.of("Basic " + Base64.getEncoder().encodeToString(credentials));
    }

    private static String text(String file, String flag) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new IllegalArgumentException(flag + ": " + why(file, e), e);
        }
    }

    private static SSLSocketFactory trusting(String file) {
        try {
            return TlsFiles.trusting(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("--trusted-ca-file: " + why(file, e), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("--trusted-ca-file: " + e.getMessage(), e);
        }
    }

    private static String why(String file, IOException e) {
        return e instanceof NoSuchFileException ? file + ": there is no such file" : file + ": " + e.getMessage();
    }

    private static Optional<String> given(String flag, String variable, Map<String, String> environment) {
        return Optional.of(flag)
                .filter(f -> !f.isEmpty())
                .or(() -> Optional.ofNullable(environment.get(variable)).filter(value -> !value.isEmpty()));
    }
}
