package io.dkron.ejb.leader;

import io.dkron.core.config.GoBool;
import io.dkron.core.engine.Effect;
import io.dkron.core.engine.Event;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.processor.Processor;
import io.dkron.core.processor.ProcessorContext;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Runs the processors of an ended execution, in the order of the job's JSON, off the engine's thread. Each sees the
 * original output; what is stored is the original if all forward, else the replacement of the last that does not. One
 * that fails, or is not installed, leaves the output; it is logged, counted, and named with the result. At the deadline
 * the one at work is interrupted, the others are left out, and the engine is told how far they came.
 */
public final class Processing {
    private static final Logger LOG = System.getLogger(Processing.class.getName());
    private static final String NOT_INSTALLED = "not-installed"; // instead of names, which jobs invent, in the metric
    private static final int LONGEST_ERROR = 250;
    private static final int MOST_ERRORS = 8;

    /** Opens the whole output of an ended execution, error line first, up to {@code output-max}. */
    @FunctionalInterface
    public interface WholeOutput {
        InputStream open(Execution execution) throws IOException;
    }

    private final String node;
    private final Function<String, Optional<Processor>> processors;
    private final WholeOutput outputs;
    private final ScheduledExecutorService workers;
    private final InstantSource clock;
    private final Consumer<Function<Instant, Event>> engine;
    private final Consumer<String> failures;

    /**
     * @param node the name of this node
     * @param processors those installed, by name
     * @param engine takes every event
     * @param failures counts: the processor's name, or one word for all that are not installed
     */
    public Processing(
            String node,
            Function<String, Optional<Processor>> processors,
            WholeOutput outputs,
            ScheduledExecutorService workers,
            InstantSource clock,
            Consumer<Function<Instant, Event>> engine,
            Consumer<String> failures) {
        this.node = Objects.requireNonNull(node, "node");
        this.processors = Objects.requireNonNull(processors, "processors");
        this.outputs = Objects.requireNonNull(outputs, "outputs");
        this.workers = Objects.requireNonNull(workers, "workers");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.engine = Objects.requireNonNull(engine, "engine");
        this.failures = Objects.requireNonNull(failures, "failures");
    }

    /** Begins; the engine hears of the end. */
    public void process(Effect.Process effect) {
        Handling handling = new Handling(effect);
        try {
            Future<?> running = workers.submit(handling);
            Duration left = Duration.between(clock.instant(), effect.deadline());
            workers.schedule(
                    () -> {
                        handling.timeIsUp();
                        running.cancel(true);
                    },
                    Math.max(0, left.toMillis()),
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(
                    Level.INFO,
                    "processors not run, the node stops execution={0}",
                    effect.execution().id());
        }
    }

    /** What came of one processor. */
    private record Done(Optional<String> replacement, Optional<String> error) {
        private static Done failed(String error) {
            return new Done(Optional.empty(), Optional.of(error));
        }
    }

    /** The processors of one execution. Tells the engine once: at their end, or when the time is up. */
    private final class Handling implements Runnable {
        private final Execution execution;
        private final Map<String, SortedMap<String, String>> wanted;
        private final Deque<String> left;
        private final List<String> errors = new ArrayList<>();
        private Optional<OutputTail> replacement = Optional.empty();
        private boolean told;

        private Handling(Effect.Process effect) {
            this.execution = effect.execution();
            this.wanted = effect.processors();
            this.left = new ArrayDeque<>(wanted.keySet());
        }

        @Override
        public void run() {
            for (Map.Entry<String, SortedMap<String, String>> each : wanted.entrySet()) {
                Done done = one(execution, each.getKey(), each.getValue());
                boolean forward = GoBool.isTrue(each.getValue().getOrDefault("forward", "false"));
                if (!took(each.getKey(), done, forward)) {
                    return;
                }
            }
            tell();
        }

        /** Takes what came of it; false when the engine was told already. */
        private synchronized boolean took(String name, Done done, boolean forward) {
            if (told) {
                return false;
            }
            left.remove(name);
            done.error().ifPresent(why -> error(name, why));
            if (done.replacement().isPresent() && !forward) {
                byte[] text = done.replacement().get().getBytes(StandardCharsets.UTF_8);
                replacement = Optional.of(OutputTail.whole(text));
            }
            return true;
        }

        private synchronized void timeIsUp() {
            if (!told) {
                Iterator<String> names = left.iterator();
                if (names.hasNext()) {
                    error(names.next(), "did not end in time");
                }
                names.forEachRemaining(name -> error(name, "not begun in time"));
                tell();
            }
        }

        private synchronized void tell() {
            if (!told) {
                told = true;
                Optional<OutputTail> stored = replacement;
                List<String> failed = List.copyOf(errors);
                engine.accept(now -> new Event.Processed(now, execution.key(), stored, failed));
            }
        }

        private void error(String name, String why) {
            failures.accept(processors.apply(name).isPresent() ? name : NOT_INSTALLED);
            String text = why.startsWith(name + ":") ? why : name + ": " + why;
            String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
            if (errors.size() < MOST_ERRORS) {
                errors.add(line.length() > LONGEST_ERROR ? line.substring(0, LONGEST_ERROR) + "…" : line);
            }
            LOG.log(
                    Level.WARNING,
                    "processor failed name={0} job={1} execution={2} reason=\"{3}\"",
                    name,
                    execution.job().value(),
                    execution.id(),
                    line);
        }
    }

    private Done one(Execution execution, String name, SortedMap<String, String> config) {
        Optional<Processor> processor = processors.apply(name);
        if (processor.isEmpty()) {
            return Done.failed("not installed on " + node);
        }
        try {
            return new Done(processor.get().process(new Context(execution, config)), Optional.empty());
        } catch (IOException e) { // an outcome that it is made for
            return Done.failed(Objects.requireNonNullElse(e.getMessage(), e.toString()));
        } catch (RuntimeException | LinkageError | StackOverflowError e) { // a plug-in's fault is its own
            LOG.log(Level.WARNING, "processor broke name=" + name + " execution=" + execution.id(), e);
            return Done.failed(e.toString());
        }
    }

    /** What a processor gets to see of one execution. */
    private final class Context implements ProcessorContext {
        private final Execution execution;
        private final SortedMap<String, String> config;

        private Context(Execution execution, SortedMap<String, String> config) {
            this.execution = execution;
            this.config = config;
        }

        @Override
        public Execution execution() {
            return execution;
        }

        @Override
        public SortedMap<String, String> config() {
            return config;
        }

        @Override
        public String reportingNode() {
            return node;
        }

        @Override
        public InputStream output() throws IOException {
            return outputs.open(execution);
        }
    }
}
