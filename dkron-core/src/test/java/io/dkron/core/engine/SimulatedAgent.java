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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What runs jobs on a node. Its journal survives the process, and what it started goes on without it, until the machine
 * is lost. It runs nothing, but tells the history of each start and end.
 */
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

        Run copied() {
            Run run = new Run(order, started);
            run.cancelled = cancelled;
            run.report = report;
            run.acknowledged = acknowledged;
            return run;
        }
    }

    /** What a copy of the disk of a node that was down holds. */
    private record Disk(Map<RunKey, Run> journal, List<String> ids, long highest) {}

    final SimulatedNode node;
    private final SimulatedCluster cluster;
    private final Simulation simulation;
    private final Map<RunKey, Run> journal = new LinkedHashMap<>();
    private final Deque<String> ids = new ArrayDeque<>(); // of its journal, newest first
    private Optional<Disk> copy = Optional.empty();
    private int journals;
    private long highest;

    SimulatedAgent(SimulatedCluster cluster, SimulatedNode node) {
        this.cluster = cluster;
        this.simulation = cluster.simulation;
        this.node = node;
        wipe();
        report();
    }

    Member member(MemberStatus status) {
        TreeMap<String, String> tags = new TreeMap<>(Map.of("role", "dkron", "n", node.name));
        return new Member(
                "id-" + node.name, node.name, "127.0.0.1", 8946, 6868, node.server, tags, status, ids.getFirst());
    }

    /** The machine is lost with its journal and all that ran. */
    void wipe() {
        journal.values().stream()
                .filter(r -> r.report.isEmpty())
                .forEach(r -> cluster.history.processEnded(r.order.key()));
        journal.clear();
        highest = 0;
        ids.clear();
        started();
    }

    /** A process begins with this journal. */
    void started() {
        if (ids.isEmpty() || cluster.sabotage != SimulatedCluster.Sabotage.JOURNAL_NAMES) {
            ids.addFirst(node.name + "-j" + ++journals);
        }
    }

    /** Keeps a copy of the disk, of a node that is down. */
    void copy() {
        Map<RunKey, Run> runs = new LinkedHashMap<>();
        journal.forEach((key, run) -> runs.put(key, run.copied()));
        copy = Optional.of(new Disk(runs, List.copyOf(ids), highest));
    }

    /** The machine is lost, and another gets the copy, if there is one: what ran then is found gone. */
    void restore() {
        wipe();
        copy.ifPresent(disk -> {
            ids.clear();
            ids.addAll(disk.ids());
            started();
            highest = disk.highest();
            disk.journal().forEach((key, run) -> {
                Run again = run.copied();
                journal.put(key, again);
                if (again.report.isEmpty()) {
                    again.report = Optional.of(report(again, ExecutionState.FAILED, "gone"));
                }
            });
        });
    }

    /** @param sent when the leader sent it, by true time */
    Handover take(Fence fence, RunOrder order, long sent) {
        if (cluster.sabotage != SimulatedCluster.Sabotage.AGENT_FENCE && fence.term() < highest) {
            return new Handover(order.key(), Handover.Result.REFUSED, "stale term");
        }
        highest = Math.max(highest, fence.term());
        if (!journal.containsKey(order.key())) {
            if (!order.journal().equals(ids.getFirst())) {
                return new Handover(order.key(), Handover.Result.OTHER_JOURNAL, "another journal");
            }
            if (simulation.nanos() - sent > cluster.settings.dispatchFor().toNanos()) {
                return new Handover(order.key(), Handover.Result.REFUSED, "after its deadline");
            }
            if (cluster.network.faulty && simulation.oneIn(40)) {
                return new Handover(order.key(), Handover.Result.REFUSED, "full");
            }
            Run run = new Run(order, simulation.now());
            journal.put(order.key(), run);
            cluster.history.processStarted(order.key());
            Duration takes = simulation.oneIn(3) ? simulation.millis(1, 200) : simulation.millis(200, 8000);
            if (cluster.network.faulty && simulation.oneIn(40)) {
                takes = takes.plus(simulation.millis(1, 120_000));
            }
            simulation.after(takes, () -> end(run));
        }
        return new Handover(order.key(), Handover.Result.ACCEPTED, "");
    }

    /** The process ends, also while nobody watches it. */
    private void end(Run run) {
        if (run.report.isPresent() || journal.get(run.order.key()) != run) {
            return;
        }
        cluster.history.processEnded(run.order.key());
        boolean fails = cluster.jobsFail && simulation.random.nextInt(10) < 3;
        ExecutionState state =
                run.cancelled ? ExecutionState.CANCELLED : fails ? ExecutionState.FAILED : ExecutionState.SUCCESS;
        run.report = Optional.of(report(run, state, fails ? "exit status 1" : ""));
        if (node.works()) {
            cluster.report(this, List.of(run.report.get()));
        }
    }

    private static RunReport report(Run run, ExecutionState state, String error) {
        return new RunReport(
                run.order.id(),
                run.order.key(),
                run.order.job(),
                state,
                run.started,
                run.started.plus(Duration.ofMillis(500)),
                error,
                OutputTail.whole("hello\n".getBytes(StandardCharsets.UTF_8)));
    }

    /** Repeats what is not acknowledged, for ever. */
    private void report() {
        List<RunReport> open = new ArrayList<>();
        journal.values().stream().filter(r -> !r.acknowledged).forEach(r -> r.report.ifPresent(open::add));
        if (node.works() && !open.isEmpty()) {
            cluster.report(this, open);
        }
        simulation.after(Duration.ofSeconds(2), this::report);
    }

    /** What it knows; empty when a later leader has asked before. */
    Optional<Event.AgentListed> list(Fence fence, Instant now) {
        if (fence.term() < highest) {
            return Optional.empty();
        }
        highest = fence.term();
        return Optional.of(new Event.AgentListed(
                now,
                fence.term(),
                node.name,
                0,
                List.copyOf(ids),
                journal.values().stream()
                        .map(r -> new Event.KnownRun(r.order.key(), r.report.isPresent()))
                        .toList()));
    }

    void cancel(Fence fence, RunKey key) {
        Run run = journal.get(key);
        if (fence.term() >= highest && run != null && run.report.isEmpty()) {
            run.cancelled = true;
            end(run);
        }
    }

    void acknowledge(RunKey key) {
        Optional.ofNullable(journal.get(key)).ifPresent(r -> r.acknowledged = true);
    }
}
