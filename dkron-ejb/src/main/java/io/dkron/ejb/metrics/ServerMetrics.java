package io.dkron.ejb.metrics;

import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.Notification.Channel;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The metrics of a server under the names that are documented. Counters live here; gauges are asked for when the text is
 * written. Safe for many threads.
 */
public final class ServerMetrics {
    private final Map<ExecutionState, LongAdder> executions = new EnumMap<>(ExecutionState.class);
    private final Map<MemberChange, LongAdder> memberChanges = new EnumMap<>(MemberChange.class);
    private final LongAdder leadAcquired = new LongAdder();
    private final LongAdder leadLost = new LongAdder();
    private final LongAdder electionsFailed = new LongAdder();
    private final LongAdder missed = new LongAdder();
    private final Map<String, LongAdder> processorFailures = new ConcurrentSkipListMap<>();
    private final Map<Channel, Map<Told, LongAdder>> notifications = new EnumMap<>(Channel.class);
    private final Histogram dispatchDelay = new Histogram();
    private final Histogram storeCommit = new Histogram();
    private final List<Gauge> gauges = new ArrayList<>();
    private volatile Supplier<Map<String, Duration>> clockOffsets = Map::of;

    /** How an attempt to tell others of an execution ended. */
    public enum Told {
        DELIVERED,
        /** It is tried again. */
        RETRIED,
        /** It is given up. */
        FAILED,
        /** Too many waited. */
        DROPPED
    }

    private record Gauge(String name, String label, String help, LongSupplier value) {}

    public ServerMetrics() {
        for (ExecutionState state : ExecutionState.values()) {
            executions.put(state, new LongAdder());
        }
        for (MemberChange change : MemberChange.values()) {
            memberChanges.put(change, new LongAdder());
        }
        for (Channel channel : Channel.values()) {
            Map<Told, LongAdder> outcomes = new EnumMap<>(Told.class);
            for (Told told : Told.values()) {
                outcomes.put(told, new LongAdder());
            }
            notifications.put(channel, outcomes);
        }
        gauge("dkron_runtime_alloc_bytes", "Heap in use.", () -> {
            Runtime runtime = Runtime.getRuntime();
            return runtime.totalMemory() - runtime.freeMemory();
        });
        gauge(
                "dkron_runtime_sys_bytes",
                "Heap taken from the system.",
                () -> Runtime.getRuntime().totalMemory());
        gauge(
                "dkron_runtime_num_goroutines",
                "Threads.",
                () -> ManagementFactory.getThreadMXBean().getThreadCount());
        gauge(
                "dkron_runtime_total_gc_runs",
                "Garbage collections.",
                () -> collections(GarbageCollectorMXBean::getCollectionCount));
        gauge(
                "dkron_runtime_total_gc_pause_ns",
                "Time spent collecting garbage.",
                () -> 1_000_000L * collections(GarbageCollectorMXBean::getCollectionTime));
    }

    /** Adds a gauge that is asked for its value whenever the text is written. */
    public void gauge(String name, String help, LongSupplier value) {
        addGauge(new Gauge(name, "", help, value));
    }

    /** Adds the members of one status to {@code dkron_members}. */
    public void members(MemberStatus status, LongSupplier count) {
        addGauge(new Gauge("dkron_members", "{status=\"" + status.text() + "\"}", "Members by status.", count));
    }

    /** Where {@code dkron_clock_offset_seconds} comes from: how far each node's clock is ahead of this one's. */
    public void clockOffsets(Supplier<Map<String, Duration>> offsets) {
        clockOffsets = Objects.requireNonNull(offsets, "offsets");
    }

    /** Gossip has told of a change of a member. */
    public void memberChanged(MemberChange change) {
        memberChanges.get(change).increment();
    }

    /** This node has begun to lead, its term being raised and everything read. */
    public void leadAcquired() {
        leadAcquired.increment();
    }

    /** This node leads no more. */
    public void leadLost() {
        leadLost.increment();
    }

    /** This node was elected, and could not take the lead. */
    public void electionFailed() {
        electionsFailed.increment();
    }

    /** An execution has ended with that state. */
    public void executionEnded(ExecutionState state) {
        executions.get(state).increment();
    }

    /** Somebody was told of an execution, or not. */
    public void notified(Channel channel, Told outcome) {
        Objects.requireNonNull(notifications.get(channel).get(outcome)).increment();
    }

    /** Firings were recorded as missed. */
    public void firingsMissed(long count) {
        missed.add(count);
    }

    /** A processor of that name failed, or was not installed; names are those of installed ones, and one more. */
    public void processorFailed(String name) {
        processorFailures.computeIfAbsent(name, n -> new LongAdder()).increment();
    }

    /** How late, in nanoseconds, an execution was handed to its node, counted from its due instant. */
    public void dispatched(long nanos) {
        dispatchDelay.observe(nanos);
    }

    /** How long, in nanoseconds, a commit took in the store. */
    public void committed(long nanos) {
        storeCommit.observe(nanos);
    }

    /** Everything in Prometheus' text format 0.0.4. */
    public String text() {
        StringBuilder out = new StringBuilder(4_096);
        head(out, "dkron_executions_total", "counter", "Ended executions by result.");
        executions.forEach((state, count) -> {
            if (state.ended()) {
                out.append("dkron_executions_total{result=\"")
                        .append(state.text())
                        .append("\"} ");
                out.append(count.sum()).append('\n');
            }
        });
        head(out, "dkron_firings_missed_total", "counter", "Firings recorded as missed.");
        out.append("dkron_firings_missed_total ").append(missed.sum()).append('\n');
        head(out, "dkron_processor_failures_total", "counter", "Outputs that a processor failed to handle.");
        processorFailures.forEach((name, count) -> out.append("dkron_processor_failures_total{processor=\"")
                .append(escaped(name))
                .append("\"} ")
                .append(count.sum())
                .append('\n'));
        head(out, "dkron_notifications_total", "counter", "Tries to tell others of an execution, by outcome.");
        notifications.forEach((channel, outcomes) ->
                outcomes.forEach((outcome, count) -> out.append("dkron_notifications_total{channel=\"")
                        .append(channel.text())
                        .append("\",outcome=\"")
                        .append(outcome.name().toLowerCase(Locale.ROOT))
                        .append("\"} ")
                        .append(count.sum())
                        .append('\n')));
        head(out, "dkron_dispatch_delay_seconds", "histogram", "From the due instant to the node's acceptance.");
        dispatchDelay.write(out, "dkron_dispatch_delay_seconds");
        head(out, "dkron_store_commit_seconds", "histogram", "Time of a commit in the store.");
        storeCommit.write(out, "dkron_store_commit_seconds");
        writeCluster(out);
        writeGauges(out);
        return out.toString();
    }

    /** Counters under the names that Dkron's have in Prometheus. */
    private void writeCluster(StringBuilder out) {
        memberChanges.forEach(
                (change, count) -> counter(out, "dkron_agent_event_received_" + change.metric(), change.help(), count));
        counter(out, "dkron_agent_leadership_acquired", "Times this node began to lead.", leadAcquired);
        counter(out, "dkron_agent_leadership_lost", "Times this node stopped leading.", leadLost);
        counter(out, "dkron_agent_election_failure", "Elections won whose lead could not be taken.", electionsFailed);
        head(out, "dkron_clock_offset_seconds", "gauge", "How far a node's clock is ahead of this one's.");
        new TreeMap<>(clockOffsets.get())
                .forEach((node, ahead) -> out.append("dkron_clock_offset_seconds{node=\"")
                        .append(escaped(node))
                        .append("\"} ")
                        .append(seconds(ahead))
                        .append('\n'));
    }

    private synchronized void addGauge(Gauge gauge) {
        gauges.add(Objects.requireNonNull(gauge));
    }

    private synchronized void writeGauges(StringBuilder out) {
        String before = "";
        for (Gauge gauge : gauges) {
            if (!gauge.name().equals(before)) {
                head(out, gauge.name(), "gauge", gauge.help());
                before = gauge.name();
            }
            out.append(gauge.name()).append(gauge.label()).append(' ');
            out.append(gauge.value().getAsLong()).append('\n');
        }
    }

    private static long collections(java.util.function.ToLongFunction<GarbageCollectorMXBean> part) {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(part)
                .filter(n -> n > 0)
                .sum();
    }

    private static void counter(StringBuilder out, String name, String help, LongAdder count) {
        head(out, name, "counter", help);
        out.append(name).append(' ').append(count.sum()).append('\n');
    }

    /** A label's value, as the format wants it. */
    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static String seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toNanos(), 9).stripTrailingZeros().toPlainString();
    }

    private static void head(StringBuilder out, String name, String type, String help) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }
}
