package io.dkron.agent.run;

import io.dkron.agent.disk.DurableText;
import io.dkron.core.execution.LogLimits;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Whole outputs that stay on this node after their results were stored, each in a directory of its own. What limits them:
 * of a job its {@link LogLimits} as its newest run had them, and of all together the disk space of the node, in which
 * each counts with at least {@link #LEAST} bytes. The oldest go first; of an output that is larger than its limit the
 * last part stays.
 *
 * <p>A directory counts once it holds its mark, which is written last and deleted first: one that is found without it
 * was half made or half deleted, and is deleted. Safe for many threads.
 */
final class KeptLogs {
    /** For a file, a directory, and what is kept of it in memory. */
    static final long LEAST = 16 << 10;

    private static final Logger LOG = System.getLogger(KeptLogs.class.getName());
    private static final String MARK = "log.properties";

    /** @param kept bytes at the end of its file that are kept and counted */
    private record Log(Path directory, RunKey key, Instant ended, String error, LogLimits limits, long kept) {
        private long space() {
            return Math.max(LEAST, kept);
        }

        private String job() {
            return key.jobUid();
        }
    }

    private final Path directory;
    private final long most;
    private final long mostOfOne;
    private final InstantSource clock;
    private final Map<RunKey, Log> logs = new LinkedHashMap<>(); // oldest first
    private final Map<String, LogLimits> limits = new HashMap<>(); // by job, of its newest run
    private final Map<String, Long> bytes = new HashMap<>(); // by job
    private long space;

    /**
     * @param most bytes of all; 0 keeps nothing
     * @param mostOfOne bytes of one output
     */
    KeptLogs(Path directory, long most, long mostOfOne, InstantSource clock) {
        this.directory = directory;
        this.most = most;
        this.mostOfOne = mostOfOne;
        this.clock = clock;
    }

    /** Finds what was kept before; call once, before all else. */
    synchronized void load() throws IOException {
        Files.createDirectories(directory);
        List<Log> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
            for (Path each : all) {
                read(each).ifPresentOrElse(found::add, () -> RunDirectories.delete(each));
            }
        }
        found.sort(Comparator.comparing(Log::ended));
        found.forEach(this::add);
        sweep();
    }

    /**
     * Takes over the output of a run that ended.
     *
     * @param run its directory
     * @return whether it is in the care of this; if not, because it is empty or cannot be kept, the directory is as before
     */
    synchronized boolean keep(Path run, RunOrder order, RunReport report) {
        if (logs.containsKey(order.key())) {
            return true; // the node ended before its journal had forgotten the run
        }
        LogLimits wanted = order.keep().orElseThrow();
        OutputFile file = new OutputFile(
                run, Math.min(Math.min(most, mostOfOne), wanted.size().orElse(Long.MAX_VALUE)));
        if (most == 0 || file.size() == 0) {
            return false;
        }
        try {
            file.cut();
            Log log = new Log(
                    directory.resolve(run.getFileName() + "-" + order.id().number()),
                    order.key(),
                    report.finishedAt(),
                    report.error(),
                    wanted,
                    file.kept());
            RunDirectories.deleteAllBut(run, file.file());
            DurableText.replace(run.resolve(MARK), mark(log, order));
            Files.move(run, log.directory(), StandardCopyOption.ATOMIC_MOVE);
            add(log);
            shrink(log.job());
            return true;
        } catch (IOException e) {
            LOG.log(Level.WARNING, "output not kept execution=" + order.id(), e);
            return false;
        }
    }

    /** A part of a kept output; empty when it is not kept. */
    Optional<OutputSlice> read(RunKey key, long from, int limit) {
        Log log;
        synchronized (this) {
            log = logs.get(key);
        }
        if (log == null) {
            return Optional.empty();
        }
        OutputSlice slice = new OutputFile(log.directory(), log.kept()).read(from, limit, true);
        return slice.size() == 0 // it was deleted this moment
                ? Optional.empty()
                : Optional.of(slice.endedBy(log.error()));
    }

    /** Deletes what is too old. */
    synchronized void sweep() {
        Instant now = clock.instant();
        removeIf(log -> limits.get(log.job())
                .age()
                .filter(age -> log.ended().plus(age).isBefore(now))
                .isPresent());
        shrink("");
    }

    /** Uids of the jobs of which something is kept. */
    synchronized Set<String> jobs() {
        return Set.copyOf(bytes.keySet());
    }

    /** Deletes all that is kept of these jobs. */
    synchronized void drop(Collection<String> jobs) {
        removeIf(log -> jobs.contains(log.job()));
    }

    private void add(Log log) {
        logs.put(log.key(), log);
        limits.put(log.job(), log.limits());
        bytes.merge(log.job(), log.kept(), Long::sum);
        space += log.space();
    }

    /** Deletes the oldest of a job while they are more than it may have, and of all while there is too much. */
    private void shrink(String job) {
        Optional<Long> size = Optional.ofNullable(limits.get(job)).flatMap(LogLimits::size);
        if (size.isPresent()) {
            removeIf(log -> log.job().equals(job) && bytes.get(job) > size.get());
        }
        removeIf(log -> space > most);
    }

    private void removeIf(Predicate<Log> goes) {
        logs.values().removeIf(log -> {
            if (!goes.test(log)) {
                return false;
            }
            space -= log.space();
            long left = bytes.merge(log.job(), -log.kept(), Long::sum);
            if (left == 0) {
                bytes.remove(log.job());
                limits.remove(log.job());
            }
            delete(log);
            return true;
        });
    }

    private static void delete(Log log) {
        try {
            Files.deleteIfExists(log.directory().resolve(MARK));
        } catch (IOException e) { // then its files stay too, and the next start finds it whole
            LOG.log(Level.WARNING, "kept output not deleted directory=" + log.directory(), e);
            return;
        }
        RunDirectories.delete(log.directory());
    }

    private static String mark(Log log, RunOrder order) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("job", order.job().value());
        properties.setProperty("execution", order.id().toString());
        properties.setProperty("uid", log.key().jobUid());
        properties.setProperty("cause", log.key().cause());
        properties.setProperty("node", log.key().node());
        properties.setProperty("attempt", Integer.toString(log.key().attempt()));
        properties.setProperty("ended", log.ended().toString());
        properties.setProperty("error", log.error());
        properties.setProperty("kept", Long.toString(log.kept()));
        log.limits().size().ifPresent(size -> properties.setProperty("size", Long.toString(size)));
        log.limits().age().ifPresent(age -> properties.setProperty("age", age.toString()));
        StringWriter text = new StringWriter();
        properties.store(text, null);
        return text.toString();
    }

    /** Empty where it is not whole. */
    private static Optional<Log> read(Path directory) {
        Path mark = directory.resolve(MARK);
        if (!Files.isRegularFile(mark)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (Reader text = Files.newBufferedReader(mark)) {
            properties.load(text);
            return Optional.of(new Log(
                    directory,
                    new RunKey(
                            value(properties, "uid"),
                            value(properties, "cause"),
                            value(properties, "node"),
                            Integer.parseInt(value(properties, "attempt"))),
                    Instant.parse(value(properties, "ended")),
                    value(properties, "error"),
                    new LogLimits(
                            Optional.ofNullable(properties.getProperty("size")).map(Long::valueOf),
                            Optional.ofNullable(properties.getProperty("age")).map(Duration::parse)),
                    Long.parseLong(value(properties, "kept"))));
        } catch (IOException | RuntimeException e) { // a disk's fault: what is left of it goes
            LOG.log(Level.WARNING, "kept output cannot be read, deleted directory=" + directory, e);
            return Optional.empty();
        }
    }

    private static String value(Properties properties, String name) throws IOException {
        String value = properties.getProperty(name);
        if (value == null) {
            throw new IOException(name + " is missing in " + MARK);
        }
        return value;
    }
}
