package io.dkron.ejb.rpc;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.agent.node.AgentNode;
import io.dkron.agent.node.AgentSettings;
import io.dkron.agent.report.LeaderReports;
import io.dkron.agent.rpc.ReportClient;
import io.dkron.agent.rpc.ReportService;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.agent.run.Agent;
import io.dkron.agent.run.Runner;
import io.dkron.core.cluster.Fence;
import io.dkron.core.engine.Event;
import io.dkron.core.execution.RunReport;
import io.dkron.core.executor.ConfigKey;
import io.dkron.core.processor.Processor;
import io.dkron.ejb.leader.AgentCalls;
import io.dkron.ejb.leader.OwnAgent;
import io.dkron.ejb.service.NodeOutputs;
import io.grpc.BindableService;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;

/** The agent of a server, on the server's threads. Leader and agent of one node talk without a socket. */
public final class AgentPart implements OwnAgent {
    private static final Logger LOG = System.getLogger(AgentPart.class.getName());
    private static final String BUSY = "too much waits at the leader";

    private static final Duration REPORT_WITHIN = Duration.ofSeconds(10);

    private final AgentSettings settings;
    private final String name;
    private final Peers peers;
    private final RpcClients clients;
    private final ScheduledExecutorService workers;
    private final RemoteCalls calls;
    private volatile Optional<AgentNode> node = Optional.empty();
    private volatile Optional<AutoCloseable> watch = Optional.empty();

    /**
     * @param name of this node
     * @param peers the members of the cluster; nobody may be known yet
     * @param clients connections to them
     * @param workers threads that may block
     */
    public AgentPart(
            AgentSettings settings, String name, Peers peers, RpcClients clients, ScheduledExecutorService workers) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.name = Objects.requireNonNull(name, "name");
        this.peers = Objects.requireNonNull(peers, "peers");
        this.clients = Objects.requireNonNull(clients, "clients");
        this.workers = Objects.requireNonNull(workers, "workers");
        calls = new RemoteCalls(name, new LocalCalls(name, this::agent), peers, clients, workers);
    }

    @Override
    public void start(Reports reports, List<BindableService> services, InstantSource clock) {
        LeaderReports toLeader = new LeaderReports(peers, this::server, results -> taken(reports, name, results));
        List<BindableService> offered = new ArrayList<>(services);
        offered.add(
                new ReportService(reports::leads, reports::leader, (from, results) -> taken(reports, from, results)));
        AgentNode made = new AgentNode(
                settings,
                new AgentNode.Host(
                        toLeader,
                        offered,
                        reason -> {
                            reports.leave();
                            return Optional.empty();
                        },
                        workers,
                        clock));
        made.start();
        node = Optional.of(made);
        watch = Optional.of(toLeader.onLead(made.reporter()::restart));
    }

    private ReportClient server(Peer peer) {
        return new ReportClient(
                name, () -> Optional.of(clients.channel(RpcClients.address(peer.member()))), REPORT_WITHIN);
    }

    @Override
    public void led() {
        node.ifPresent(n -> n.reporter().restart());
    }

    @Override
    public Optional<Fence> fence() {
        return node.filter(n -> n.state() == AgentNode.State.RUNNING).flatMap(AgentNode::fence);
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
        return calls;
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
    public Map<String, List<ConfigKey>> executors() {
        Map<String, List<ConfigKey>> keys = new TreeMap<>();
        running().plugins().executors().forEach((each, executor) -> keys.put(each, executor.keys()));
        return keys;
    }

    @Override
    public Map<String, List<ConfigKey>> processors() {
        Map<String, List<ConfigKey>> keys = new TreeMap<>();
        running().plugins().processors().forEach((each, processor) -> {
            List<ConfigKey> all = new ArrayList<>(processor.keys());
            all.add(Processor.FORWARD);
            keys.put(each, all);
        });
        return keys;
    }

    @Override
    public int stop(boolean waitForRuns) throws Exception {
        boolean killed = node.isPresent()
                && (waitForRuns ? leave(node.get()) : node.get().stop());
        if (watch.isPresent()) {
            watch.get().close();
        }
        calls.close();
        return killed ? 1 : 0;
    }

    /** What ran here is to be known to the leader before this node is gone for good. */
    private static boolean leave(AgentNode leaving) {
        if (leaving.state() == AgentNode.State.RUNNING) {
            leaving.drain(Runner.StopMode.WAIT);
            if (!leaving.awaitAcknowledged(AgentNode.LAST_REPORTS)) {
                LOG.log(
                        Level.WARNING,
                        "node leaves with results that no leader acknowledged results={0}",
                        leaving.unreported());
            }
        }
        return leaving.stop(Runner.StopMode.WAIT);
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
