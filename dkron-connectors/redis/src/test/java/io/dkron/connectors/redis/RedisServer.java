package io.dkron.connectors.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dkron.core.store.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A redis-server of a test's own, which forces each write to its disk unless a setting says otherwise. */
final class RedisServer extends ServerProcess {
    private final List<String> command = new ArrayList<>();
    private final boolean silent;

    /**
     * @param silent whether it answers nobody without a password or TLS, so that a start waits for its log alone
     * @param settings further arguments, such as {@code --requirepass}; they win over those before them
     */
    RedisServer(String name, boolean silent, String... settings) {
        super(name);
        this.silent = silent;
        command.addAll(List.of(program(folder()), "--port", "" + port(), "--bind", "127.0.0.1"));
        command.addAll(List.of("--dir", data().toString(), "--appendonly", "yes", "--appendfsync", "always"));
        command.addAll(List.of("--save", "", "--enable-debug-command", "yes"));
        command.addAll(List.of(settings));
    }

    /** More arguments; they win over those before. */
    void arguments(String... more) {
        command.addAll(List.of(more));
    }

    static RedisServer plain(String... settings) {
        return new RedisServer("redis", false, settings);
    }

    /** Debian's redis-check-rdb is the server too; which of the two it is, it takes from its name. */
    static String program(Path folder) {
        String found = ServerProcess.program(
                Files.isExecutable(Path.of("/usr/bin/redis-server")) ? "redis-server" : "redis-check-rdb", "none");
        Path link = folder.resolve("redis-server");
        try {
            return Files.exists(link)
                    ? link.toString()
                    : Files.createSymbolicLink(link, Path.of(found)).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected List<String> command() {
        return command;
    }

    @Override
    protected boolean serves() throws IOException {
        return silent
                ? endOfLog().contains("Ready to accept connections")
                : ask("PING").startsWith("+PONG");
    }

    /** Sends a command and answers the first bytes of what comes. */
    String ask(String command) throws IOException {
        try (Socket socket = connected()) {
            return ask(socket, command);
        }
    }

    /** Sends a command that must be answered with OK, as who has that password. */
    void askAs(String password, String command) throws IOException {
        try (Socket socket = connected()) {
            for (String each : List.of("AUTH " + password, command)) {
                String answer = ask(socket, each);
                if (!answer.startsWith("+OK")) {
                    throw new IOException(each.split(" ", 2)[0] + ": " + answer);
                }
            }
        }
    }

    private Socket connected() throws IOException {
        Socket socket = new Socket("127.0.0.1", port());
        socket.setSoTimeout(5_000);
        return socket;
    }

    private static String ask(Socket socket, String command) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write((command + "\r\n").getBytes(UTF_8));
        out.flush();
        InputStream in = socket.getInputStream();
        byte[] answer = new byte[64 << 10];
        int count = in.read(answer);
        return count < 0 ? "" : new String(answer, 0, count, UTF_8);
    }
}
