package io.dkron.agent.executor;

import io.dkron.core.executor.ConfigKey;
import io.dkron.core.executor.Executor;
import io.dkron.core.executor.Run;
import io.dkron.core.executor.RunContext;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Runs commands as processes that outlive the node. Each runs in a session of its own under a supervising shell, writes
 * into its output file, and is found again after a restart of the node (protocol P13). No thread waits for a process.
 */
public final class ShellExecutor implements Executor, AutoCloseable {
    private static final Logger LOG = System.getLogger(ShellExecutor.class.getName());

    private final Set<ShellRun> running = ConcurrentHashMap.newKeySet();
    private Optional<Supervisors> supervisors = Optional.empty();
    private Optional<Future<?>> inspection = Optional.empty();
    private boolean closed;

    @Override
    public String name() {
        return "shell";
    }

    @Override
    public boolean outlivesNode() {
        return true;
    }

    @Override
    public List<ConfigKey> keys() {
        return List.of(
                new ConfigKey("command", true, false, "What to run."),
                new ConfigKey("shell", false, false, "Run it by /bin/sh -c; otherwise it is split into words."),
                new ConfigKey("env", false, true, "K=V,K2=V2, added to the environment."),
                new ConfigKey("cwd", false, false, "Working directory."),
                new ConfigKey("payload", false, false, "Its standard input, in base64."),
                new ConfigKey("su", false, false, "user or user:group to run as; the node must run as root."),
                new ConfigKey("timeout", false, false, "Longest run, such as 30s; then it is ended."),
                new ConfigKey("mem_limit", false, false, "Most resident memory, such as 512MB; above it is ended."));
    }

    @Override
    public Run start(RunContext context) {
        RunFiles files = new RunFiles(context.directory());
        try {
            Supervisors shells = supervisors(context);
            ShellCommand command = ShellCommand.of(
                    context.order().config(), context.order().job().value());
            ShellRun run = run(context, files, command);
            files.prepare(command, shells.setsidPath());
            track(run);
            shells.submit(run);
            run.arm(Duration.ZERO);
            return run;
        } catch (ShellCommand.CannotRunException | IOException e) {
            String why = e instanceof IOException ? "shell: cannot start a process: " + e.getMessage() : e.getMessage();
            return failed(context, files, why);
        }
    }

    private static ShellRun run(RunContext context, RunFiles files, ShellCommand command) {
        return new ShellRun(
                context,
                files,
                command.text(),
                shorter(context.order().timeout(), command.timeout()),
                command.memory());
    }

    private static Optional<Duration> shorter(Optional<Duration> one, Optional<Duration> other) {
        if (one.isPresent() && other.isPresent()) {
            return one.get().compareTo(other.get()) <= 0 ? one : other;
        }
        return one.or(() -> other);
    }

    private static Run failed(RunContext context, RunFiles files, String why) {
        ShellRun run = new ShellRun(context, files, "", Optional.empty(), OptionalLong.empty());
        run.fail(why);
        return run;
    }

    private void track(ShellRun run) {
        running.add(run);
        run.result().whenComplete((r, e) -> running.remove(run));
    }

    @Override
    public Optional<Run> adopt(RunContext context) {
        RunFiles files = new RunFiles(context.directory());
        try {
            Supervisors shells = supervisors(context);
            if (files.readStatus().isEmpty() && files.readClaim().isEmpty()) {
                return Optional.of(unclaimed(context, files, shells));
            }
            ShellRun run = adopted(context, files);
            run.foundAgain();
            track(run);
            files.readClaim()
                    .ifPresent(c ->
                            run.arm(Duration.between(c.at(), Instant.now()))); // a file's time is by the wall clock
            run.watch();
            return Optional.of(run);
        } catch (IOException e) {
            return Optional.of(failed(context, files, "shell: cannot be found again: " + e.getMessage()));
        }
    }

    /** Nobody started it. If nobody can any more, and this machine has run on since, nothing ran: it may start. */
    private Run unclaimed(RunContext context, RunFiles files, Supervisors shells) throws IOException {
        if (shells.rebooted()) {
            return failed(context, files, "outcome unknown: the machine was restarted");
        }
        if (context.clock().instant().isAfter(context.order().deadline())) {
            return files.claim()
                    ? failed(context, files, "never started: the node was stopped until after its deadline")
                    : adopt(context).orElseThrow();
        }
        if (!files.claim()) {
            return adopt(context).orElseThrow(); // a supervisor was faster
        }
        Files.deleteIfExists(files.directory().resolve("order"));
        files.unclaim();
        return start(context);
    }

    private static ShellRun adopted(RunContext context, RunFiles files) {
        try {
            return run(
                    context,
                    files,
                    ShellCommand.of(
                            context.order().config(), context.order().job().value()));
        } catch (ShellCommand.CannotRunException e) { // the machine changed since: the run itself goes on
            return new ShellRun(
                    context,
                    files,
                    context.order().config().getOrDefault("command", ""),
                    context.order().timeout(),
                    OptionalLong.empty());
        }
    }

    private synchronized Supervisors supervisors(RunContext context) throws IOException {
        if (closed) {
            throw new IOException("the node stops");
        }
        if (supervisors.isEmpty()) {
            Supervisors made =
                    new Supervisors(context.directory().toAbsolutePath().getParent(), context.workers());
            supervisors = Optional.of(made);
            inspection =
                    Optional.of(context.workers().scheduleWithFixedDelay(() -> inspect(made), 1, 1, TimeUnit.SECONDS));
        }
        return supervisors.get();
    }

    /** Once a second, for all runs together: supervisors that died, memory used. */
    private void inspect(Supervisors shells) {
        try {
            for (ShellRun run : shells.lost()) {
                if (run.files().readClaim().isEmpty()) {
                    shells.submit(run); // the supervisor died before it began
                } else {
                    run.watch();
                }
            }
            List<ShellRun> limited =
                    running.stream().filter(r -> r.memory().isPresent()).toList();
            if (limited.isEmpty()) {
                return;
            }
            ProcessTable table = ProcessTable.read();
            for (ShellRun run : limited) {
                weigh(run, table);
            }
        } catch (IOException | RuntimeException e) { // the next second tries again
            LOG.log(Level.WARNING, "runs not inspected", e);
        }
    }

    private static void weigh(ShellRun run, ProcessTable table) throws IOException {
        Optional<ProcessTable.Entry> first = run.first();
        if (first.isPresent()) {
            long used = table.tree(first.get()).stream()
                    .mapToLong(ProcessTable::resident)
                    .sum();
            if (used > run.memory().getAsLong()) {
                run.stopForMemory(used);
            }
        }
    }

    /** Lets go of the processes; they go on. */
    @Override
    public synchronized void close() {
        closed = true;
        inspection.ifPresent(i -> i.cancel(false));
        supervisors.ifPresent(Supervisors::close);
        supervisors = Optional.empty();
    }
}
