package io.dkron.agent.web;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.time.Offset;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.json.Json;
import io.dkron.core.json.JsonOut;
import io.dkron.core.json.ProblemJson;
import java.io.ByteArrayOutputStream;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/** The pages of an agent, as bytes. */
final class AgentPages {
    private static final String JSON = "application/json; charset=utf-8";

    /** An answer. */
    record Page(int status, String type, byte[] body) {}

    private final AgentView agent;
    private final boolean metrics;
    private final boolean encrypted;

    AgentPages(AgentView agent, boolean metrics, boolean encrypted) {
        this.agent = Objects.requireNonNull(agent, "agent");
        this.metrics = metrics;
        this.encrypted = encrypted;
    }

    /** The page at a path; empty when there is none. */
    Optional<Page> at(String path) {
        return switch (path) {
            case "/", "/v1", "/v1/" -> Optional.of(json(200, this::index));
            case "/health" ->
                Optional.of(json(
                        200, out -> out.startObject().text("status", "healthy").endObject()));
            case "/health/live" -> Optional.of(checked("live", List.of()));
            case "/health/started" -> Optional.of(checked("started", List.of()));
            case "/health/ready" -> Optional.of(checked("ready", agent.notReady()));
            case "/metrics" ->
                metrics
                        ? Optional.of(new Page(
                                200,
                                "text/plain; version=0.0.4; charset=utf-8",
                                figures().getBytes(StandardCharsets.UTF_8)))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    static Page problem(int status, String type, String title, String detail, String path) {
        ProblemJson problem = new ProblemJson(type, title, status, detail, path, ProblemJson.Kind.FIELD, List.of());
        return new Page(status, ProblemJson.MEDIA_TYPE, problem.write());
    }

    private void index(JsonOut out) {
        Peer self = agent.self();
        List<Peer> members = agent.members();
        out.startObject().name("agent").startObject();
        out.text("name", self.member().name())
                .text("version", self.member().tags().getOrDefault("version", ""))
                .endObject();
        out.name("serf")
                .startObject()
                .text("encrypted", Boolean.toString(encrypted))
                .text("failed", Long.toString(count(members, MemberStatus.FAILED)))
                .text("left", Long.toString(count(members, MemberStatus.LEFT)))
                .text("members", Integer.toString(members.size()))
                .endObject();
        out.name("tags").map(self.member().tags()).endObject();
    }

    private static long count(List<Peer> members, MemberStatus status) {
        return members.stream().filter(p -> p.member().status() == status).count();
    }

    private static Page checked(String name, List<String> reasons) {
        String status = reasons.isEmpty() ? "UP" : "DOWN";
        return json(reasons.isEmpty() ? 200 : 503, out -> {
            out.startObject().text("status", status).name("checks").startArray();
            out.startObject().text("name", name).text("status", status);
            out.name("data").startObject();
            for (int i = 0; i < reasons.size(); i++) {
                out.text("reason" + (i == 0 ? "" : Integer.toString(i + 1)), reasons.get(i));
            }
            out.endObject().endObject().endArray().endObject();
        });
    }

    private static Page json(int status, Consumer<JsonOut> writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonOut out = Json.writer(bytes)) {
            writer.accept(out);
        }
        return new Page(status, JSON, bytes.toByteArray());
    }

    private String figures() {
        StringBuilder out = new StringBuilder(2_048);
        Runtime runtime = Runtime.getRuntime();
        gauge(out, "dkron_executions_running", "Executions that run here.", agent.running());
        gauge(out, "dkron_results_unreported", "Results that no leader acknowledged yet.", agent.unreported());
        gauge(out, "dkron_runtime_alloc_bytes", "Heap in use.", runtime.totalMemory() - runtime.freeMemory());
        gauge(out, "dkron_runtime_sys_bytes", "Heap taken from the system.", runtime.totalMemory());
        gauge(
                out,
                "dkron_runtime_num_goroutines",
                "Threads.",
                ManagementFactory.getThreadMXBean().getThreadCount());
        gauge(
                out,
                "dkron_runtime_total_gc_runs",
                "Garbage collections.",
                collections(GarbageCollectorMXBean::getCollectionCount));
        gauge(
                out,
                "dkron_runtime_total_gc_pause_ns",
                "Time spent collecting garbage.",
                1_000_000L * collections(GarbageCollectorMXBean::getCollectionTime));
        head(out, "dkron_members", "Members by status.");
        List<Peer> members = agent.members();
        for (MemberStatus status : MemberStatus.values()) {
            out.append("dkron_members{status=\"").append(status.text()).append("\"} ");
            out.append(count(members, status)).append('\n');
        }
        clocks(out, agent.clocks());
        return out.toString();
    }

    private static void clocks(StringBuilder out, Map<String, Offset> clocks) {
        if (clocks.isEmpty()) {
            return;
        }
        head(out, "dkron_clock_offset_seconds", "How far a node's clock is ahead of this one's.");
        clocks.forEach((node, offset) -> out.append("dkron_clock_offset_seconds{node=\"")
                .append(node.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"))
                .append("\"} ")
                .append(String.format(Locale.ROOT, "%.6f", offset.seconds()))
                .append('\n'));
    }

    private static long collections(ToLongFunction<GarbageCollectorMXBean> part) {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(part)
                .filter(n -> n > 0)
                .sum();
    }

    private static void gauge(StringBuilder out, String name, String help, long value) {
        head(out, name, help);
        out.append(name).append(' ').append(value).append('\n');
    }

    private static void head(StringBuilder out, String name, String help) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(" gauge\n");
    }
}
