package io.dkron.agent.run;

import static org.awaitility.Awaitility.await;

import io.dkron.agent.executor.ShellExecutor;
import io.dkron.agent.journal.Journal;
import io.dkron.core.cluster.Fence;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import io.dkron.core.executor.Executor;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;

/** A journal, a runner and the shell executor on a directory. */
public final class TestNode implements AutoCloseable {
    public static final Fence FENCE = new Fence("c1", 7);
    private static final AtomicLong NUMBERS = new AtomicLong(System.nanoTime());

    public final Journal journal;
    public final Runner runner;
    public final ScheduledThreadPoolExecutor workers;

    public TestNode(Path directory, Executor... more) {
        this(directory, settings(directory), more);
    }

    public TestNode(Path directory, RunnerSettings settings, Executor... more) {
        this(directory, settings, InstantSource.system(), more);
    }

    public TestNode(Path directory, RunnerSettings settings, InstantSource clock, Executor... more) {
        workers = new ScheduledThreadPoolExecutor(8, task -> {
            Thread thread = new Thread(task, "dkron-run");
            thread.setDaemon(true);
            return thread;
        });
        workers.setRemoveOnCancelPolicy(true);
        journal = Journal.open(directory.resolve("journal"), clock);
        Map<String, Executor> executors = new TreeMap<>(Map.of("shell", new ShellExecutor()));
        for (Executor executor : more) {
            executors.put(executor.name(), executor);
        }
        runner = new Runner(journal, executors, settings, workers, clock, () -> {});
        runner.start();
    }

    public static RunnerSettings settings(Path directory) {
        return new RunnerSettings(
                directory.resolve("runs"),
                256_000,
                64L << 20,
                directory.resolve("logs"),
                64L << 20,
                10_000,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
    }

    public static RunOrder order(String executor, String... config) {
        long number = NUMBERS.incrementAndGet();
        TreeMap<String, String> map = new TreeMap<>();
        for (int i = 0; i < config.length; i += 2) {
            map.put(config[i], config[i + 1]);
        }
        return new RunOrder(
                new ExecutionId(number, "n1"),
                new RunKey("uid", "due:" + number, "n1", 1),
                new JobName("job1"),
                number,
                executor,
                map,
                Optional.empty(),
                Instant.now().plusSeconds(60));
    }

    public static RunOrder shell(String command, String... more) {
        List<String> config = new ArrayList<>(List.of("command", command, "shell", "true"));
        config.addAll(List.of(more));
        return order("shell", config.toArray(String[]::new));
    }

    public static RunOrder direct(String command, String... more) {
        List<String> config = new ArrayList<>(List.of("command", command));
        config.addAll(List.of(more));
        return order("shell", config.toArray(String[]::new));
    }

    public List<RunAnswer> accept(RunOrder... orders) {
        return runner.run(FENCE, List.of(orders));
    }

    public RunReport run(RunOrder order) {
        accept(order);
        return result(order);
    }

    public RunReport result(RunOrder order) {
        await("the result of " + order.config())
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(60))
                .until(() -> journal.result(order.key()).isPresent());
        return journal.result(order.key()).orElseThrow();
    }

    public static String text(RunReport report) {
        return new String(report.output().bytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        runner.stop(Runner.StopMode.LEAVE);
        workers.shutdownNow();
        journal.close();
    }
}
