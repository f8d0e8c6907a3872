package io.dkron.core.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A certificate authority of a test's own, made by openssl; all files are PEM, keys in PKCS #8. */
public final class TestCa {
    /**
     * A certificate with its key.
     *
     * @param certificate for servers at 127.0.0.1, ::1 and localhost, and for clients
     * @param key readable by its owner only, as some servers demand
     */
    public record Issued(Path certificate, Path key) {
        public Issued {
            Objects.requireNonNull(certificate, "certificate");
            Objects.requireNonNull(key, "key");
        }
    }

    private final Path folder;
    private final String name;

    /** @param folder exists, and gets the files */
    public TestCa(Path folder, String name) {
        this.folder = folder;
        this.name = name;
        List<String> command = new ArrayList<>(List.of("req", "-x509", "-days", "2", "-out"));
        command.add(certificate().toString());
        command.addAll(newKey(name));
        openssl(command);
    }

    /** What those who trust this authority need. */
    public Path certificate() {
        return folder.resolve(name + "-ca.pem");
    }

    /**
     * A certificate of this authority.
     *
     * @param subject the certificate's common name, and the files' name
     */
    public Issued issue(String subject) {
        Path request = folder.resolve(subject + ".csr");
        Path extensions = folder.resolve(subject + ".ext");
        Issued issued = new Issued(folder.resolve(subject + ".pem"), key(subject));
        List<String> command = new ArrayList<>(List.of("req", "-out", request.toString()));
        command.addAll(newKey(subject));
        openssl(command);
        try {
            Files.writeString(extensions, "subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost\n", UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        openssl(List.of(
                "x509",
                "-req",
                "-days",
                "2",
                "-in",
                request.toString(),
                "-CA",
                certificate().toString(),
                "-CAkey",
                key(name).toString(),
                "-CAcreateserial",
                "-extfile",
                extensions.toString(),
                "-out",
                issued.certificate().toString()));
        return issued;
    }

    private Path key(String subject) {
        return folder.resolve(subject + ".key");
    }

    private List<String> newKey(String subject) {
        return List.of(
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-keyout",
                key(subject).toString(),
                "-subj",
                "/CN=" + subject);
    }

    private static void openssl(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(arguments);
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(command + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
