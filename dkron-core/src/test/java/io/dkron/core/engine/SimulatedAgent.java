package io.dkron.core.engine;

import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.engine.Event.Handover;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A member with a journal that survives crashes of the server; it runs nothing, but counts what it starts. */
final class SimulatedAgent {
    private static final class Run {
        final RunOrder order;
        final Instant started;
        boolean cancelled;
        Optional<RunReport> report = Optional.empty();
        boolean acknowledged;

        Run(RunOrder order, Instant started) {
            this.order = order;
            this.started = started;
        }
    }

    /** How often each run key was started. */
    final Map<RunKey, Integer> starts = new LinkedHashMap<>();

    private final Simulation simulation;
    private final String name;
    private final Map<RunKey, Run> journal = new LinkedHashMap<>();
    private Consumer<List<RunReport>> server = r -> {};
    private String journalId = "j1";
    private int journals = 1;
    private long highest;
    boolean alive = true;
    int failuresInTen = 3;

    SimulatedAgent(Simulation simulation, String name) {
        this.simulation = simulation;
        this.name = name;
        report();
    }

    void reportsTo(Consumer<List<RunReport>> receiver) {
        server = receiver;
    }

    Member member() {
        return new Member(
                "id-" + name,
                name,
                "127.0.0.1",
                8946,
                6868,
                true,
                new TreeMap<>(Map.of("role", "dkron", "n", name)),
                alive ? MemberStatus.ALIVE : MemberStatus.FAILED,
                journalId);
    }

    String journalId() {
        return journalId;
    }

    /** The journal is lost with all that ran. */
    void wipe() {
        journal.clear();
        journalId = "j" + ++journals;
    }

    Handover take(Fence fence, RunOrder order, Instant now) {
        if (fence.term() < highest) {
            return new Handover(order.key(), Handover.Result.REFUSED, "stale term");
        }
        highest = fence.term();
        if (!journal.containsKey(order.key())) {
            if (now.isAfter(order.deadline())) {
                return new Handover(order.key(), Handover.Result.REFUSED, "after its deadline");
            }
            Run run = new Run(order, now);
            journal.put(order.key(), run);
            starts.merge(order.key(), 1, Integer::sum);
            Duration takes = simulation.oneIn(3) ? simulation.millis(1, 200) : simulation.millis(200, 8000);
            simulation.after(takes, () -> end(run));
        }
        return new Handover(order.key(), Handover.Result.ACCEPTED, "");
    }

    private void end(Run run) {
        if (run.report.isPresent() || journal.get(run.order.key()) != run) {
            return;
        }
        boolean fails = simulation.random.nextInt(10) < failuresInTen;
        ExecutionState state =
                run.cancelled ? ExecutionState.CANCELLED : fails ? ExecutionState.FAILED : ExecutionState.SUCCESS;
        Instant finished = run.started.plus(Duration.ofMillis(500));
        run.report = Optional.of(new RunReport(
                run.order.id(),
                run.order.key(),
                run.order.job(),
                state,
                run.started,
                finished,
                fails ? "exit status 1" : "",
                OutputTail.whole("hello\n".getBytes(StandardCharsets.UTF_8))));
        if (alive) {
            server.accept(List.of(run.report.get()));
        }
    }

    /** Repeats what is not acknowledged, for ever. */
    private void report() {
        List<RunReport> open = new ArrayList<>();
        journal.values().stream().filter(r -> !r.acknowledged).forEach(r -> r.report.ifPresent(open::add));
        if (alive && !open.isEmpty()) {
            server.accept(open);
        }
        simulation.after(Duration.ofSeconds(2), this::report);
    }

    List<Event.KnownRun> list(Fence fence) {
        highest = Math.max(highest, fence.term());
        return journal.values().stream()
                .map(r -> new Event.KnownRun(r.order.key(), r.report.isPresent()))
                .toList();
    }

    void cancel(RunKey key) {
        Run run = journal.get(key);
        if (run != null && run.report.isEmpty()) {
            run.cancelled = true;
            end(run);
        }
    }

    void acknowledge(RunKey key) {
        Optional.ofNullable(journal.get(key)).ifPresent(r -> r.acknowledged = true);
    }
}
