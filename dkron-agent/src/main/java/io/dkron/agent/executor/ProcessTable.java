package io.dkron.agent.executor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The processes of this machine at one moment, from {@code /proc}. */
final class ProcessTable {
    private static final Path PROC = Path.of("/proc");
    private static final long TERM = 1L << 14;

    /**
     * A process.
     *
     * @param start clock ticks from the machine's start to its own; with the pid and the boot id it names one process
     *     for ever
     */
    record Entry(long pid, long parent, long group, long session, char state, long start) {
        boolean alive() {
            return state != 'Z' && state != 'X' && state != 'x';
        }

        boolean isSame(Entry other) {
            return pid == other.pid && start == other.start;
        }
    }

    private final Map<Long, Entry> byPid;

    private ProcessTable(Map<Long, Entry> byPid) {
        this.byPid = byPid;
    }

    static ProcessTable read() throws IOException {
        Map<Long, Entry> entries = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                find(Long.parseLong(process.getFileName().toString())).ifPresent(e -> entries.put(e.pid(), e));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return new ProcessTable(entries);
    }

    /** One process as it is now; empty when there is none, or a dead one that nobody waited for. */
    static Optional<Entry> find(long pid) {
        try {
            return parse(new String(
                            Files.readAllBytes(PROC.resolve(Long.toString(pid)).resolve("stat")),
                            StandardCharsets.ISO_8859_1))
                    .filter(Entry::alive);
        } catch (IOException e) {
            return Optional.empty(); // it ended
        }
    }

    /** Reads a line of {@code /proc/PID/stat}; the name in it may hold blanks and brackets. */
    static Optional<Entry> parse(String line) {
        int open = line.indexOf(" (");
        int close = line.lastIndexOf(") ");
        String[] rest = close < 0 ? new String[0] : line.substring(close + 2).split(" ");
        if (open < 1 || rest.length < 20) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Entry(
                    Long.parseLong(line.substring(0, open)),
                    Long.parseLong(rest[1]),
                    Long.parseLong(rest[2]),
                    Long.parseLong(rest[3]),
                    rest[0].charAt(0),
                    Long.parseLong(rest[19])));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * A run's living processes: its session, its group, and whatever descends from either.
     *
     * @param first the run's first process, which may have ended; when its pid is another's by now, none is left
     */
    List<Entry> tree(Entry first) {
        long leader = first.pid();
        Entry now = byPid.get(leader);
        if (now != null && !now.isSame(first)) {
            return List.of();
        }
        Set<Long> members = new HashSet<>();
        for (Entry entry : byPid.values()) {
            if (entry.pid() == leader || entry.session() == leader || entry.group() == leader) {
                members.add(entry.pid());
            }
        }
        for (boolean grew = !members.isEmpty(); grew; ) {
            grew = false;
            for (Entry entry : byPid.values()) {
                grew |= members.contains(entry.parent()) && members.add(entry.pid());
            }
        }
        List<Entry> tree = new ArrayList<>();
        members.forEach(pid -> tree.add(byPid.get(pid)));
        return tree;
    }

    /** Whether TERM does nothing to the process. */
    static boolean ignoresTerm(Entry entry) {
        for (String line : status(entry)) {
            if (line.startsWith("SigIgn:")) {
                return (Long.parseUnsignedLong(line.substring(7).strip(), 16) & TERM) != 0;
            }
        }
        return false;
    }

    /** Resident memory in bytes; 0 when the process has ended. */
    static long resident(Entry entry) {
        for (String line : status(entry)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.substring(6).replace("kB", "").strip()) * 1024;
            }
        }
        return 0;
    }

    private static List<String> status(Entry entry) {
        try {
            return Files.readAllLines(
                    PROC.resolve(Long.toString(entry.pid())).resolve("status"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return List.of(); // it ended
        }
    }
}
