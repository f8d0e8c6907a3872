package io.dkron.ejb.wiring;

import io.dkron.agent.rpc.RpcServer;
import io.dkron.core.cluster.Fence;
import io.dkron.core.engine.Event;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import io.dkron.core.executor.ConfigKey;
import io.dkron.core.processor.Processor;
import io.dkron.ejb.leader.AgentCalls;
import io.dkron.ejb.leader.OwnAgent;
import io.dkron.ejb.service.NodeOutputs;
import io.grpc.BindableService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/** An agent in memory: it accepts every order and ends it when told to, at once unless held. */
final class FakeAgent implements OwnAgent, AgentCalls {
    final List<RunOrder> accepted = new CopyOnWriteArrayList<>();
    final List<RunKey> acknowledged = new CopyOnWriteArrayList<>();
    private final Map<RunKey, RunOrder> running = new ConcurrentHashMap<>();
    private Listener listener = services -> () -> {};
    private AutoCloseable rpc = () -> {};
    private int rpcPort = 6868;
    private volatile boolean held;
    private volatile Optional<Fence> seen = Optional.empty();
    private volatile Reports reports;
    private volatile InstantSource clock;

    /** Offers the server's services on that port of loopback, as a real one does. */
    FakeAgent serving(int port, Executor executor) {
        listener = services ->
                RpcServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), services, executor);
        rpcPort = port;
        return this;
    }

    @Override
    public Optional<Fence> fence() {
        return seen;
    }

    /** It has seen this fence before it was started. */
    FakeAgent sawBefore(Fence fence) {
        seen = Optional.of(fence);
        return this;
    }

    /** Runs stay until {@link #release}. */
    void hold() {
        held = true;
    }

    void release() {
        held = false;
        running.values().forEach(this::end);
    }

    @Override
    public void start(Reports to, List<BindableService> services, InstantSource by) throws IOException {
        clock = by;
        reports = to;
        rpc = listener.listen(services);
    }

    /** Listens, where somebody is to reach it. */
    private interface Listener {
        AutoCloseable listen(List<BindableService> services) throws IOException;
    }

    @Override
    public void led() {
        // everything was reported when it ended
    }

    @Override
    public String journalId() {
        return "journal";
    }

    @Override
    public int rpcPort() {
        return rpcPort;
    }

    @Override
    public AgentCalls calls() {
        return this;
    }

    @Override
    public NodeOutputs outputs() {
        return NodeOutputs.NONE;
    }

    @Override
    public Optional<Processor> processor(String name) {
        return Optional.empty();
    }

    @Override
    public Map<String, List<ConfigKey>> executors() {
        return Map.of("shell", List.of(new ConfigKey("command", true, false, "What to run.")));
    }

    @Override
    public Map<String, List<ConfigKey>> processors() {
        return Map.of("log", List.of());
    }

    @Override
    public int stop(boolean waitForRuns) throws Exception {
        rpc.close();
        return 0;
    }

    @Override
    public CompletionStage<List<Event.Handover>> run(Fence fence, String node, List<RunOrder> orders) {
        List<Event.Handover> handovers = orders.stream()
                .map(o -> new Event.Handover(o.key(), Event.Handover.Result.ACCEPTED, ""))
                .toList();
        orders.forEach(order -> {
            accepted.add(order);
            running.put(order.key(), order);
            if (!held) {
                end(order);
            }
        });
        return CompletableFuture.completedStage(handovers);
    }

    @Override
    public CompletionStage<Listing> list(Fence fence, String node) {
        List<Event.KnownRun> runs =
                running.keySet().stream().map(k -> new Event.KnownRun(k, false)).toList();
        return CompletableFuture.completedStage(
                new Listing(Optional.empty(), Optional.empty(), List.of(journalId()), runs));
    }

    @Override
    public CompletionStage<Optional<String>> cancel(Fence fence, String node, List<RunKey> keys) {
        return CompletableFuture.completedStage(Optional.empty());
    }

    @Override
    public CompletionStage<Optional<Set<String>>> keptLogs(Fence fence, String node, Set<String> drop) {
        return CompletableFuture.completedStage(Optional.of(Set.of()));
    }

    @Override
    public void acknowledge(String node, List<RunKey> keys) {
        acknowledged.addAll(keys);
    }

    private void end(RunOrder order) {
        running.remove(order.key());
        Instant at = clock.instant();
        RunReport report = new RunReport(
                order.id(),
                order.key(),
                order.job(),
                ExecutionState.SUCCESS,
                at,
                at,
                "",
                OutputTail.whole("done\n".getBytes(StandardCharsets.UTF_8)));
        reports.event(now -> new Event.Reported(now, order.key().node(), List.of(report)));
    }
}
