package io.dkron.agent.executor;

import io.dkron.core.config.GoBool;
import io.dkron.core.job.ByteSize;
import io.dkron.core.time.GoDuration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.regex.Pattern;

/**
 * A shell job's configuration, checked against this machine.
 *
 * @param text the command as it was written, for messages
 * @param argv what to execute, already found
 * @param env added to the inherited environment; an entry without {@code =} is left out
 * @param payload what stands on its input
 * @param user {@code user} or {@code user:group} to run as
 */
record ShellCommand(
        String text,
        List<String> argv,
        List<Map.Entry<String, String>> env,
        Path cwd,
        Optional<byte[]> payload,
        Optional<String> user,
        Optional<Duration> timeout,
        OptionalLong memory) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final int MAX_ARGUMENT = 128 * 1024; // the kernel's MAX_ARG_STRLEN

    /** The configuration cannot be run on this machine; the message is the execution's error. */
    static final class CannotRunException extends Exception {
        private static final long serialVersionUID = 1;

        CannotRunException(String message) {
            super(message);
        }
    }

    static ShellCommand of(SortedMap<String, String> config, String job) throws CannotRunException {
        String command = config.getOrDefault("command", "");
        if (command.isBlank()) {
            throw new CannotRunException("shell: Command missing");
        }
        List<Map.Entry<String, String>> env = environment(config.getOrDefault("env", ""), job);
        Path cwd = directory(config.getOrDefault("cwd", ""));
        boolean shell = GoBool.isTrue(config.getOrDefault("shell", "false"));
        List<String> argv = shell ? List.of("/bin/sh", "-c", command) : words(command, cwd, env);
        for (String word : argv) {
            if (word.indexOf('\0') >= 0) {
                throw new CannotRunException("fork/exec " + argv.get(0) + ": invalid argument");
            }
            if (word.length() >= MAX_ARGUMENT || word.getBytes(StandardCharsets.UTF_8).length >= MAX_ARGUMENT) {
                throw new CannotRunException("fork/exec " + argv.get(0) + ": argument list too long");
            }
        }
        return new ShellCommand(
                command,
                argv,
                env,
                cwd,
                payload(config.getOrDefault("payload", "")),
                user(config.getOrDefault("su", "")),
                timeout(config.getOrDefault("timeout", "")),
                memory(config.getOrDefault("mem_limit", "")));
    }

    private static List<String> words(String command, Path cwd, List<Map.Entry<String, String>> env)
            throws CannotRunException {
        List<String> words;
        try {
            words = CommandLine.split(command);
        } catch (CommandLine.BadCommandException e) {
            throw new CannotRunException(e.getMessage());
        }
        if (words.isEmpty() || words.get(0).isEmpty()) {
            throw new CannotRunException("shell: Command missing");
        }
        String program = words.get(0);
        List<String> argv = new ArrayList<>(words);
        if (program.indexOf('/') >= 0) {
            checkProgram(program, cwd.resolve(program));
        } else {
            Path found = find(program);
            boolean ownPath = env.stream().anyMatch(e -> e.getKey().equals("PATH"));
            if (ownPath || program.startsWith("-")) {
                argv.set(0, found.toString()); // the search is in the node's PATH, not in the job's
            }
        }
        return argv;
    }

    private static void checkProgram(String program, Path at) throws CannotRunException {
        if (!Files.exists(at)) {
            throw new CannotRunException("fork/exec " + program + ": no such file or directory");
        }
        if (Files.isDirectory(at) || !Files.isExecutable(at)) {
            throw new CannotRunException("fork/exec " + program + ": permission denied");
        }
    }

    private static Path find(String program) throws CannotRunException {
        if (program.indexOf('\0') < 0) {
            for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
                Path at = Path.of(directory.isEmpty() ? "." : directory).resolve(program);
                if (Files.isExecutable(at) && !Files.isDirectory(at)) {
                    return at.toAbsolutePath();
                }
            }
        }
        throw new CannotRunException("exec: \"" + program + "\": executable file not found in $PATH");
    }

    private static List<Map.Entry<String, String>> environment(String text, String job) throws CannotRunException {
        List<Map.Entry<String, String>> env = new ArrayList<>();
        for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                env.add(Map.entry(part.substring(0, equals), part.substring(equals + 1)));
            }
        }
        env.add(Map.entry("ENV_JOB_NAME", job));
        if (text.indexOf('\0') >= 0) {
            throw new CannotRunException("exec: environment variable contains NUL");
        }
        return env;
    }

    /** Whether a shell can export this name and hand the value on unchanged. */
    static boolean exportable(String name) {
        return NAME.matcher(name).matches() && !SPECIAL.matcher(name).matches();
    }

    private static final Pattern SPECIAL = Pattern.compile("_.*|IFS|OPTIND|OPTARG|OPTERR|LINENO|PPID|UID|EUID|GROUPS"
            + "|PS[0-9]|PWD|OLDPWD|CDPATH|ENV|MAIL.*|HIST.*|TERM|RANDOM|SRANDOM|SECONDS|EPOCH.*|BASH.*|SHELLOPTS|SHLVL"
            + "|FUNC.*|DIRSTACK|POSIX.*|LC_.*|LANG|LANGUAGE|PATH|TMOUT|GLOBIGNORE|TZ|FPATH|COLUMNS|LINES|PIPESTATUS|HOSTNAME"
            + "|HOSTTYPE|MACHTYPE|OSTYPE|COMP_.*|COPROC|READLINE.*|MAPFILE|REPLY|EXECIGNORE|FIGNORE|IGNOREEOF|INPUTRC"
            + "|TIMEFORMAT|TMPDIR|auto_resume|histchars");

    private static Path directory(String text) throws CannotRunException {
        if (text.isEmpty()) {
            return Path.of("").toAbsolutePath();
        }
        if (text.indexOf('\0') >= 0) {
            throw new CannotRunException("chdir: invalid argument");
        }
        Path at = Path.of(text).toAbsolutePath();
        if (!Files.exists(at)) {
            throw new CannotRunException("chdir " + text + ": no such file or directory");
        }
        if (!Files.isDirectory(at)) {
            throw new CannotRunException("chdir " + text + ": not a directory");
        }
        return at;
    }

    private static Optional<byte[]> payload(String text) throws CannotRunException {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Base64.getDecoder().decode(text.replaceAll("[\r\n]", "")));
        } catch (IllegalArgumentException e) {
            throw new CannotRunException("shell: payload is not base64: " + e.getMessage());
        }
    }

    private static Optional<String> user(String text) throws CannotRunException {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String[] parts = text.split(":", 2);
        var names = FileSystems.getDefault().getUserPrincipalLookupService();
        String kind = "user";
        String name = parts[0];
        try {
            names.lookupPrincipalByName(name);
            if (parts.length > 1 && !parts[1].isEmpty()) {
                kind = "group";
                name = parts[1];
                names.lookupPrincipalByGroupName(name);
            }
        } catch (UserPrincipalNotFoundException e) {
            throw new CannotRunException(kind + ": unknown " + kind + " " + name);
        } catch (IOException e) {
            throw new CannotRunException("su " + text + ": " + e.getMessage());
        }
        return Optional.of(parts[0] + ":" + (parts.length > 1 ? parts[1] : ""));
    }

    private static Optional<Duration> timeout(String text) throws CannotRunException {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<Duration> timeout = GoDuration.parse(text);
        if (timeout.isEmpty()) {
            throw new CannotRunException("shell: Error parsing job timeout: time: invalid duration \"" + text + "\"");
        }
        return timeout.filter(t -> !t.isNegative() && !t.isZero()); // 0 is no limit, as in Dkron
    }

    private static OptionalLong memory(String text) throws CannotRunException {
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        StringBuilder problem = new StringBuilder();
        Optional<Long> bytes = ByteSize.parse(text, problem::append);
        if (bytes.isEmpty()) {
            throw new CannotRunException("shell: Error parsing job memory limit: " + problem);
        }
        return OptionalLong.of(bytes.get());
    }
}
