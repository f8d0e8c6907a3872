package io.dkron.agent.processor;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The syslog of this machine, by its socket, in the form of RFC 3164. The socket is of datagrams on most machines, which
 * Java 17 cannot reach: {@code logger} of util-linux writes to it, or to a stream socket where it is one. It gets the
 * messages in a file, so that whatever it does nobody waits for it longer than {@link #WITHIN_SECONDS}.
 */
final class LocalSyslog implements SyslogSink {
    static final String SOCKET = "/dev/log";

    private static final int WITHIN_SECONDS = 20;
    private static final int LONGEST = 8 * SyslogLines.LONGEST; // control characters take more room when shown

    private final String socket;
    private final String priority;
    private final String tag;

    /** @param facility by its name, as {@code cron} */
    LocalSyslog(String socket, String facility, String tag) {
        this.socket = socket;
        this.priority = facility + ".info";
        this.tag = tag;
    }

    @Override
    public void send(SyslogLines messages) throws IOException {
        Path file = Files.createTempFile("dkron-syslog", ".txt");
        try {
            write(messages, file);
            if (Files.size(file) > 0) {
                log(file);
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void write(SyslogLines messages, Path file) throws IOException {
        try (Writer out = Files.newBufferedWriter(file)) {
            for (Optional<String> next = messages.next(); next.isPresent(); next = messages.next()) {
                out.write(next.get());
                out.write('\n');
            }
        }
    }

    private void log(Path file) throws IOException {
        Process logger = start(List.of(
                "logger",
                "--socket-errors=on",
                "--socket",
                socket,
                "--priority",
                priority,
                "--tag",
                tag,
                "--id=" + ProcessHandle.current().pid(),
                "--size",
                Integer.toString(LONGEST),
                "--file",
                file.toString()));
        try {
            logger.getOutputStream().close();
            if (!logger.waitFor(WITHIN_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("syslog: " + socket + " took nothing more for " + WITHIN_SECONDS + " s");
            }
            String said = new String(logger.getInputStream().readNBytes(1_000), StandardCharsets.UTF_8).strip();
            if (logger.exitValue() != 0) {
                throw new IOException("syslog: " + socket + " cannot be written: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("syslog: " + socket + " did not take the output in time");
        } finally {
            logger.destroyForcibly();
            logger.getInputStream().close();
        }
    }

    private static Process start(List<String> command) throws IOException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IOException("syslog: cannot start logger, which util-linux brings: " + e.getMessage(), e);
        }
    }
}
