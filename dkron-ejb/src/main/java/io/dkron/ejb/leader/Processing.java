package io.dkron.ejb.leader;

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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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
 * that fails, or is not installed, is logged and leaves the output. At the deadline they are interrupted; the engine has
 * gone on by then.
 */
public final class Processing {
    private static final Logger LOG = System.getLogger(Processing.class.getName());
    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "True", "TRUE");

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

    /**
     * @param node the name of this node
     * @param processors those installed, by name
     * @param engine takes every event
     */
    public Processing(
            String node,
            Function<String, Optional<Processor>> processors,
            WholeOutput outputs,
            ScheduledExecutorService workers,
            InstantSource clock,
            Consumer<Function<Instant, Event>> engine) {
        this.node = Objects.requireNonNull(node, "node");
        this.processors = Objects.requireNonNull(processors, "processors");
        this.outputs = Objects.requireNonNull(outputs, "outputs");
        this.workers = Objects.requireNonNull(workers, "workers");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.engine = Objects.requireNonNull(engine, "engine");
    }

    /** Begins; the engine hears of the end. */
    public void process(Effect.Process effect) {
        try {
            Future<?> running = workers.submit(() -> run(effect));
            Duration left = Duration.between(clock.instant(), effect.deadline());
            workers.schedule(() -> running.cancel(true), Math.max(0, left.toMillis()), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(
                    Level.INFO,
                    "processors not run, the node stops execution={0}",
                    effect.execution().id());
        }
    }

    private void run(Effect.Process effect) {
        Optional<OutputTail> replacement = Optional.empty();
        for (Map.Entry<String, SortedMap<String, String>> wanted :
                effect.processors().entrySet()) {
            Optional<String> result = one(effect.execution(), wanted.getKey(), wanted.getValue());
            boolean forward = TRUE.contains(wanted.getValue().getOrDefault("forward", "false"));
            if (result.isPresent() && !forward) {
                replacement = Optional.of(OutputTail.whole(result.get().getBytes(StandardCharsets.UTF_8)));
            }
        }
        Optional<OutputTail> stored = replacement;
        engine.accept(now -> new Event.Processed(now, effect.execution().key(), stored));
    }

    private Optional<String> one(Execution execution, String name, SortedMap<String, String> config) {
        Optional<Processor> processor = processors.apply(name);
        if (processor.isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "processor skipped, not installed name={0} job={1}",
                    name,
                    execution.job().value());
            return Optional.empty();
        }
        try {
            return processor.get().process(new Context(execution, config));
        } catch (IOException | RuntimeException e) { // a plug-in's fault is its own: the output stays
            LOG.log(
                    Level.WARNING,
                    "processor failed name=" + name + " job=" + execution.job() + " execution=" + execution.id(),
                    e);
            return Optional.empty();
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
