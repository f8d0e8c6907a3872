package io.dkron.connectors.postgres;

import io.dkron.core.store.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * PostgreSQL from the binaries on the class path, which are of 64-bit Linux on Intel and AMD. It refuses to run as root:
 * there it runs as nobody.
 */
final class PostgresServer extends ServerProcess {
    private static final String ARCHIVE = "postgres-linux-x86_64.txz";
    private static final String NOBODY = "65534";
    private static final String USER = "dkron";

    private final Path programs;
    private final List<String> settings = new ArrayList<>();

    private PostgresServer(Path programs) {
        super("postgres");
        this.programs = programs;
    }

    /** A server not started, with an empty database {@code dkron} that trusts its user {@code dkron}. */
    static PostgresServer create() {
        PostgresServer server = new PostgresServer(programs());
        if (isRoot()) {
            run("chown", "-R", NOBODY + ":" + NOBODY, server.folder().toString());
        }
        server.runAsUser(
                "initdb",
                "-D",
                server.data().toString(),
                "-U",
                USER,
                "-A",
                "trust",
                "-E",
                "UTF8",
                "-N",
                "--no-locale",
                "--no-instructions");
        return server;
    }

    /** Adds settings, each {@code name=value}, for the next start. */
    PostgresServer with(String... more) {
        settings.addAll(List.of(more));
        return this;
    }

    @Override
    protected List<String> command() {
        List<String> command = asUser("postgres");
        command.addAll(List.of("-D", data().toString(), "-p", Integer.toString(port())));
        List<String> all = new ArrayList<>(List.of(
                "listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=16MB", "max_connections=60"));
        all.addAll(settings);
        all.forEach(setting -> command.addAll(List.of("-c", setting)));
        return command;
    }

    @Override
    protected boolean serves() throws SQLException {
        try (Connection postgres = connect("postgres")) {
            boolean there;
            try (var rows =
                    postgres.createStatement().executeQuery("select 1 from pg_database where datname = 'dkron'")) {
                there = rows.next();
            }
            if (!there) {
                postgres.createStatement().execute("create database dkron");
            }
            return true;
        }
    }

    /** As its superuser, without a pool. */
    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port() + "/" + database + "?connectTimeout=5&socketTimeout=30"
                        + "&sslmode=prefer",
                USER,
                "secret of the superuser");
    }

    /** Runs one statement as its superuser. */
    void execute(String statement) throws SQLException {
        try (Connection connection = connect("dkron")) {
            connection.createStatement().execute(statement);
        }
    }

    /** Writes a file that the server can read, and nobody else. */
    void write(String name, String content) throws IOException {
        Path file = data().resolve(name);
        Files.writeString(file, content);
        run("chmod", "600", file.toString());
        if (isRoot()) {
            run("chown", NOBODY + ":" + NOBODY, file.toString());
        }
    }

    private void runAsUser(String program, String... arguments) {
        List<String> command = asUser(program);
        command.addAll(List.of(arguments));
        run(command.toArray(String[]::new));
    }

    private List<String> asUser(String program) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        command.add(programs.resolve(program).toString());
        return command;
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    /** Unpacks the binaries once a machine, where every user can run them. */
    private static Path programs() {
        Assumptions.assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "PostgreSQL's binaries for tests are of Linux on amd64; DKRON_TEST_POSTGRES names a running server");
        Path folder = Path.of(System.getProperty("java.io.tmpdir"), "dkron-tests-postgres-" + version());
        try {
            if (!Files.isDirectory(folder)) {
                Path fresh = Files.createTempDirectory("dkron-tests-postgres-");
                Path archive = fresh.resolve("archive");
                try (InputStream in = PostgresServer.class.getResourceAsStream("/" + ARCHIVE)) {
                    Files.copy(in, archive);
                }
                run("tar", "-xJf", archive.toString(), "-C", fresh.toString());
                Files.delete(archive);
                run("chmod", "-R", "a+rX", fresh.toString());
                Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (FileAlreadyExistsException e) {
            return folder.resolve("bin"); // another test was faster
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder.resolve("bin");
    }

    private static String version() {
        String where = PostgresServer.class.getResource("/" + ARCHIVE).getPath();
        String jar = where.substring(0, where.indexOf('!'));
        return jar.substring(jar.lastIndexOf('-') + 1).replace(".jar", "");
    }

    static void run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
