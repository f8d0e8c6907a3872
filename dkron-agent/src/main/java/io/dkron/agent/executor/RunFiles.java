package io.dkron.agent.executor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files by which a node and a run's supervisor meet, in the run's directory: {@code order}, what to execute; {@code
 * input}; {@code claim}, made by who may start the run, once; {@code status}, how it ended, preallocated. They outlive
 * both.
 */
final class RunFiles {
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Pattern STATUS = Pattern.compile("(?s)(.*?)exit (\\d+) (\\d+)\n.*");
    private static final byte[] NO_STATUS = new byte[256];

    static {
        Arrays.fill(NO_STATUS, (byte) ' ');
    }

    /** Who started the run; {@code process} is empty when nobody may any more. */
    record Claim(String boot, Optional<ProcessTable.Entry> process, Instant at) {}

    /** How the command ended: its exit status, or the number of the signal that ended it. */
    record Status(int code, OptionalInt signal) {}

    private final Path directory;

    RunFiles(Path directory) {
        this.directory = directory;
    }

    Path directory() {
        return directory;
    }

    static String bootId() throws IOException {
        return Files.readString(BOOT).strip();
    }

    /** Writes everything that the supervisor reads. */
    void prepare(ShellCommand command, Path setsid) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        if (command.payload().isPresent()) {
            Files.write(directory.resolve("input"), command.payload().get());
        }
        Files.write(directory.resolve("status"), NO_STATUS);
        Path unfinished = directory.resolve("order.new");
        Files.writeString(unfinished, script(command, setsid));
        Files.move(unfinished, directory.resolve("order"));
    }

    private static String script(ShellCommand command, Path setsid) {
        StringBuilder script = new StringBuilder(512)
                .append("IFS= read -r _dk_me </proc/self/stat\n")
                .append("echo \"$_dk_me\" >>\"$_dk_d/claim\" || exit 125\n")
                .append("cd ")
                .append(quote(command.cwd().toString()))
                .append(" || exit 125\n");
        StringBuilder others = new StringBuilder();
        for (Map.Entry<String, String> variable : command.env()) {
            String assignment = variable.getKey() + "=" + variable.getValue();
            if (ShellCommand.exportable(variable.getKey())) {
                script.append("export ")
                        .append(variable.getKey())
                        .append('=')
                        .append(quote(variable.getValue()))
                        .append('\n');
            } else {
                others.append(' ').append(quote(assignment));
            }
        }
        script.append("exec 4>&- ").append(quote(setsid.toString()));
        command.user()
                .ifPresent(user -> script.append(" chroot ")
                        .append(quote("--userspec=" + user))
                        .append(" --groups= --skip-chdir /"));
        if (others.length() > 0) {
            script.append(" env --").append(others);
        }
        command.argv().forEach(word -> script.append(' ').append(quote(word)));
        if (command.payload().isPresent()) {
            script.append(" <\"$_dk_d/input\"");
        }
        return script.append('\n').toString();
    }

    static String quote(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** Takes the claim, so that no supervisor can start the run; false when one has it. */
    boolean claim() throws IOException {
        try {
            Files.createFile(directory.resolve("claim"));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /** Gives up a claim of our own: the run may be started. */
    void unclaim() throws IOException {
        Files.deleteIfExists(directory.resolve("claim"));
    }

    Optional<Claim> readClaim() throws IOException {
        Path path = directory.resolve("claim");
        try {
            Instant at = Files.getLastModifiedTime(path).toInstant();
            String text = new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
            int line = text.indexOf('\n');
            Optional<ProcessTable.Entry> process =
                    line < 0 || !text.endsWith("\n") ? Optional.empty() : ProcessTable.parse(text.substring(line + 1));
            return Optional.of(new Claim(line < 0 ? "" : text.substring(0, line), process, at));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** The status, when it was written whole. */
    Optional<Status> readStatus() throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(directory.resolve("status"));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        Matcher line = STATUS.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        if (!line.matches() || line.group(2).length() > 3) {
            return Optional.empty();
        }
        int code = Integer.parseInt(line.group(2));
        if (!line.group(3).equals(Integer.toString((code * 31 + 7) % 9973))) {
            return Optional.empty();
        }
        return Optional.of(new Status(code, signal(code, !line.group(1).isBlank())));
    }

    /**
     * A shell gives a status above 128 both for a signal and for that exit status; but it writes a word on each signal,
     * INT and PIPE excepted.
     */
    private static OptionalInt signal(int code, boolean worded) {
        int signal = code - 128;
        boolean silent = signal == 2 || signal == 13;
        return signal > 0 && signal < 65 && (worded || silent) ? OptionalInt.of(signal) : OptionalInt.empty();
    }

    /** When the status was written. */
    Instant endedAt() throws IOException {
        return Files.getLastModifiedTime(directory.resolve("status")).toInstant();
    }

    /** Appends a line that is not the job's. */
    static void append(Path output, String line) throws IOException {
        try (FileChannel channel = FileChannel.open(output, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)); bytes.hasRemaining(); ) {
                channel.write(bytes);
            }
        }
    }
}
