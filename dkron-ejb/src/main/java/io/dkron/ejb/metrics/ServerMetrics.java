package io.dkron.ejb.metrics;

import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.execution.ExecutionState;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The metrics of a server under the names that are documented. Counters live here; gauges are asked for when the text is
 * written. Safe for many threads.
 */
public final class ServerMetrics {
    private final Map<ExecutionState, LongAdder> executions = new EnumMap<>(ExecutionState.class);
    private final LongAdder missed = new LongAdder();
    private final Histogram dispatchDelay = new Histogram();
    private final Histogram storeCommit = new Histogram();
    private final List<Gauge> gauges = new ArrayList<>();

    private record Gauge(String name, String label, String help, LongSupplier value) {}

    public ServerMetrics() {
        for (ExecutionState state : ExecutionState.values()) {
            executions.put(state, new LongAdder());
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

    /** An execution has ended with that state. */
    public void executionEnded(ExecutionState state) {
        executions.get(state).increment();
    }

    /** Firings were recorded as missed. */
    public void firingsMissed(long count) {
        missed.add(count);
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
        head(out, "dkron_dispatch_delay_seconds", "histogram", "From the due instant to the node's acceptance.");
        dispatchDelay.write(out, "dkron_dispatch_delay_seconds");
        head(out, "dkron_store_commit_seconds", "histogram", "Time of a commit in the store.");
        storeCommit.write(out, "dkron_store_commit_seconds");
        writeGauges(out);
        return out.toString();
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

    private static void head(StringBuilder out, String name, String type, String help) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }
}
