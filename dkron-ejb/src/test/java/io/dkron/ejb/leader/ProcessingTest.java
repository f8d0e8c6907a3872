package io.dkron.ejb.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.core.engine.Effect;
import io.dkron.core.engine.Event;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.Trigger;
import io.dkron.core.executor.ConfigKey;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.core.processor.Processor;
import io.dkron.core.processor.ProcessorContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ProcessingTest {
    private static final Duration PLENTY = Duration.ofSeconds(20);

    private final ScheduledThreadPoolExecutor workers = new ScheduledThreadPoolExecutor(2);
    private final Map<String, Processor> installed = new LinkedHashMap<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Event.Processed> events = new LinkedBlockingQueue<>();
    private final Map<String, SortedMap<String, String>> wanted = new LinkedHashMap<>();
    private final Processing processing = new Processing(
            "n0",
            name -> Optional.ofNullable(installed.get(name)),
            execution -> new ByteArrayInputStream("original".getBytes(StandardCharsets.UTF_8)),
            workers,
            InstantSource.system(),
            event -> events.add((Event.Processed) event.apply(Instant.now())),
            failures::add);

    /** What a processor of a test does. */
    @FunctionalInterface
    private interface Work {
        Optional<String> process(ProcessorContext context) throws IOException;
    }

    @AfterEach
    void stop() {
        workers.shutdownNow();
    }

    private void install(String name, Work work) {
        installed.put(name, new Processor() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public List<ConfigKey> keys() {
                return List.of();
            }

            @Override
            public Optional<String> process(ProcessorContext context) throws IOException {
                try (InputStream output = context.output()) {
                    calls.add(name + " saw " + new String(output.readAllBytes(), StandardCharsets.UTF_8));
                }
                return work.process(context);
            }
        });
    }

    private void want(String name, String forward) {
        wanted.put(name, new TreeMap<>(forward.isEmpty() ? Map.of() : Map.of("forward", forward)));
    }

    private Event.Processed process(Duration within) throws InterruptedException {
        Instant now = Instant.now();
        Execution execution = new Execution(
                new ExecutionId(17, "n1"),
                new JobName("job1"),
                new RunKey("u", "request:1", "n1", 1),
                17,
                Trigger.MANUAL,
                Optional.empty(),
                Optional.empty(),
                ExecutionState.SUCCESS,
                now,
                Optional.of(now),
                "",
                false,
                OutputTail.whole("original".getBytes(StandardCharsets.UTF_8)));
        processing.process(new Effect.Process(execution, wanted, now.plus(within)));
        Event.Processed event = events.poll(20, TimeUnit.SECONDS);
        assertThat(event).as("the engine was told").isNotNull();
        return event;
    }

    private static Optional<String> stored(Event.Processed event) {
        return event.output().map(o -> new String(o.bytes(), StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName(
            "Jobs 6: processors run in the order of the JSON object, each sees the original, the last that does not forward is stored")
    void inTheirOrderEachSeesTheOriginalAndTheLastThatDoesNotForwardIsStored() throws Exception {
        for (String name : List.of("z", "a", "m")) {
            install(name, context -> Optional.of("by " + name));
        }
        want("z", "false");
        want("a", "");
        want("m", "true");
        Event.Processed event = process(PLENTY);
        assertThat(calls).containsExactly("z saw original", "a saw original", "m saw original");
        assertThat(stored(event)).contains("by a");
        assertThat(event.errors()).isEmpty();
        assertThat(failures).isEmpty();
    }

    @Test
    @DisplayName("C142, F64: if all forward, by a string or what a boolean was stored as, the original stays")
    void c142IfAllForwardTheOriginalStays() throws Exception {
        for (String forward : List.of("true", "True", "1", "t")) {
            install(forward, context -> Optional.of("by " + forward));
            want(forward, forward);
        }
        assertThat(process(PLENTY).output()).isEmpty();
    }

    @Test
    @DisplayName("C143: one that is not installed changes nothing, and the execution says so")
    void c143OneThatIsNotInstalledIsNamed() throws Exception {
        install("log", context -> Optional.of("in the log"));
        want("nope", "");
        want("log", "");
        Event.Processed event = process(PLENTY);
        assertThat(stored(event)).contains("in the log");
        assertThat(event.errors()).containsExactly("nope: not installed on n0");
        assertThat(failures).containsExactly("not-installed");
    }

    @Test
    @DisplayName("F64: one that fails or breaks leaves the output, the others go on, and the execution says why")
    void f64OneThatFailsLeavesTheOutputAndIsNamed() throws Exception {
        install("files", context -> {
            throw new IOException("files: cannot write\n/x");
        });
        install("broken", context -> {
            throw new NoClassDefFoundError("gone");
        });
        install("last", context -> Optional.of("x"));
        want("files", "");
        want("broken", "");
        want("last", "true");
        Event.Processed event = process(PLENTY);
        assertThat(event.output()).isEmpty();
        assertThat(event.errors())
                .containsExactly("files: cannot write /x", "broken: java.lang.NoClassDefFoundError: gone");
        assertThat(failures).containsExactly("files", "broken");
        assertThat(calls).hasSize(3);
    }

    @Test
    @DisplayName("Jobs 6: at the deadline the one at work is interrupted, the result goes on, what is missing is named")
    void atTheDeadlineTheOneAtWorkIsInterrupted() throws Exception {
        AtomicBoolean interrupted = new AtomicBoolean();
        install("first", context -> Optional.of("by first"));
        install("hangs", context -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.set(true);
                Thread.currentThread().interrupt();
            }
            return Optional.of("too late");
        });
        install("never", context -> Optional.of("by never"));
        want("first", "");
        want("hangs", "");
        want("never", "");
        Event.Processed event = process(Duration.ofMillis(300));
        assertThat(stored(event)).contains("by first");
        assertThat(event.errors()).containsExactly("hangs: did not end in time", "never: not begun in time");
        await("the interrupt").untilTrue(interrupted);
        await("the thread to be free").until(() -> workers.getActiveCount() == 0);
        assertThat(calls).doesNotContain("never saw original");
        assertThat(events).as("told once").isEmpty();
    }

    @Test
    @DisplayName("Jobs 6: one that hears no interrupt holds up its own thread, not the result")
    void oneThatHearsNoInterruptDoesNotHoldUpTheResult() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        install("deaf", context -> {
            while (release.getCount() > 0) {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    continue; // as bad as can be
                }
            }
            return Optional.of("too late");
        });
        want("deaf", "");
        Event.Processed event = process(Duration.ofMillis(200));
        assertThat(event.output()).isEmpty();
        assertThat(event.errors()).containsExactly("deaf: did not end in time");
        release.countDown();
        await("its end").until(() -> workers.getActiveCount() == 0);
        assertThat(events).as("told once").isEmpty();
    }

    @Test
    void errorsAreBounded() throws Exception {
        for (int i = 0; i < 20; i++) {
            String name = "p" + i;
            install(name, context -> {
                throw new IOException("x".repeat(5_000));
            });
            want(name, "");
        }
        Event.Processed event = process(PLENTY);
        assertThat(event.errors()).hasSize(8).allSatisfy(e -> assertThat(e).hasSizeLessThan(260));
        assertThat(failures).hasSize(20);
    }
}
