package io.dkron.ejb.rpc;

import io.dkron.agent.node.AgentNode;
import io.dkron.agent.node.AgentSettings;
import io.dkron.agent.rpc.ReportService;
import io.dkron.agent.run.Agent;
import io.dkron.agent.run.Runner;
import io.dkron.core.engine.Event;
import io.dkron.core.execution.RunReport;
import io.dkron.core.processor.Processor;
import io.dkron.ejb.leader.AgentCalls;
import io.dkron.ejb.leader.OwnAgent;
import io.dkron.ejb.service.ClusterService.LeaveAnswer;
import io.dkron.ejb.service.NodeOutputs;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;

/** The agent of a server, on the server's threads. Leader and agent of one node talk without a socket. */
public final class AgentPart implements OwnAgent {
    private static final String BUSY = "too much waits at the leader";

    private final AgentSettings settings;
    private final String name;
    private final ScheduledExecutorService workers;
    private volatile Optional<AgentNode> node = Optional.empty();

    /**
     * @param name of this node
     * @param workers threads that may block
     */
    public AgentPart(AgentSettings settings, String name, ScheduledExecutorService workers) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.name = Objects.requireNonNull(name, "name");
        this.workers = Objects.requireNonNull(workers, "workers");
    }

    @Override
    public void start(Reports reports, InstantSource clock) {
        AgentNode made = new AgentNode(
                settings,
                new AgentNode.Host(
                        results -> CompletableFuture.completedStage(taken(reports, name, results)),
                        List.of(new ReportService((from, results) -> taken(reports, from, results))),
                        reason -> leave(reports),
                        workers,
                        clock));
        made.start();
        node = Optional.of(made);
    }

    /** Begins to leave; a refusal is known at once, the end is not waited for. */
    private static Optional<String> leave(Reports reports) {
        boolean refused = reports.leave().toCompletableFuture().getNow(LeaveAnswer.LEFT) == LeaveAnswer.LAST_SERVER;
        return refused ? Optional.of("this is the last server, and agents are alive") : Optional.empty();
    }

    @Override
    public void led() {
        node.ifPresent(n -> n.reporter().restart());
    }

    @Override
    public String journalId() {
        return running().journalId();
    }

    @Override
    public int rpcPort() {
        return running().rpcPort();
    }

    @Override
    public AgentCalls calls() {
        return new LocalCalls(name, this::agent);
    }

    @Override
    public NodeOutputs outputs() {
        return new AgentOutputs(name, this::agent);
    }

    @Override
    public Optional<Processor> processor(String processor) {
        return Optional.ofNullable(running().plugins().processors().get(processor));
    }

    @Override
    public Set<String> executors() {
        return running().plugins().executors().keySet();
    }

    @Override
    public int stop(boolean waitForRuns) {
        boolean killed = node.isPresent()
                && (waitForRuns
                        ? node.get().stop(Runner.StopMode.WAIT)
                        : node.get().stop());
        return killed ? 1 : 0;
    }

    private Agent agent() {
        return running().runner();
    }

    private AgentNode running() {
        return node.orElseThrow(() -> new IllegalStateException("the agent has not started"));
    }

    /** Why results are not taken now; empty when they are. */
    private static Optional<String> taken(Reports reports, String from, List<RunReport> results) {
        return reports.event(now -> new Event.Reported(now, from, results)) ? Optional.empty() : Optional.of(BUSY);
    }
}
