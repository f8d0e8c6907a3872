package io.dkron.agent.node;

import io.dkron.agent.gossip.Gossip;
import io.dkron.agent.gossip.GossipConfig;
import io.dkron.agent.gossip.GossipHost;
import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.SelfMember;
import io.dkron.agent.report.LeaderReports;
import io.dkron.agent.report.ReportChannel;
import io.dkron.agent.rpc.ReportClient;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.agent.rpc.RpcSecurity;
import io.dkron.agent.run.Runner;
import io.dkron.agent.time.ClockOffsets;
import io.dkron.agent.time.LeaderClock;
import io.dkron.agent.time.Offset;
import io.dkron.agent.web.AgentView;
import io.dkron.agent.web.AgentWeb;
import io.dkron.core.cluster.Member;
import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import io.dkron.core.execution.RunReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * A node that only runs jobs, in a JVM of its own: finds the runs of its earlier life again, joins the cluster, runs what
 * leaders order and reports to whichever leads. Started once, stopped once.
 */
public final class PlainAgent implements AgentView, AutoCloseable {
    private static final Logger LOG = System.getLogger(PlainAgent.class.getName());
    private static final int THREADS = 24;
    private static final Duration REPORT_WITHIN = Duration.ofSeconds(5);
    /** How long one that leaves for good waits until its last results are acknowledged. */
    private final Settings settings;

    private final NodeData.Identity identity;
    private final String version;
    private final IntConsumer exit;
    private final ScheduledThreadPoolExecutor workers = threads();
    private final LeaderClock clock = new LeaderClock(InstantSource.system(), System::nanoTime);
    private final RpcSecurity security;
    private final RpcClients clients;
    private final AgentNode node;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private volatile Optional<Gossip> gossip = Optional.empty();
    private volatile Optional<LeaderReports> reports = Optional.empty();
    private volatile Optional<ClockOffsets> offsets = Optional.empty();
    private volatile Optional<AgentWeb> web = Optional.empty();
    private volatile boolean stopping;

    /**
     * Does nothing yet.
     *
     * @param settings of an agent, with {@code data-dir} as it was opened
     * @param exit asked to end the process with a code, from any thread; must return at once
     * @throws UncheckedIOException when a certificate cannot be used
     */
    public PlainAgent(Settings settings, NodeData.Identity identity, String version, IntConsumer exit) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.identity = Objects.requireNonNull(identity, "identity");
        this.version = Objects.requireNonNull(version, "version");
        this.exit = Objects.requireNonNull(exit, "exit");
        this.security = RpcSecurity.from(settings);
        this.clients = new RpcClients(workers, security);
        this.node = new AgentNode(
                AgentSettings.from(settings, security),
                new AgentNode.Host(this::report, List.of(), this::leave, workers, clock));
    }

    private static ScheduledThreadPoolExecutor threads() {
        AtomicInteger number = new AtomicInteger();
        ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(THREADS, task -> {
            Thread thread = new Thread(task, "dkron-agent-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        threads.setRemoveOnCancelPolicy(true);
        threads.setKeepAliveTime(30, TimeUnit.SECONDS);
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /**
     * Starts everything; joins in the background.
     *
     * @throws RuntimeException when a port or the journal cannot be had; what was started before is stopped
     */
    public void start() {
        try {
            parts.push(workers::shutdownNow);
            parts.push(clients);
            node.start();
            parts.push(node::stop);
            join();
            follow();
            if (settings.isGiven(Setting.HTTP_ADDR) || settings.isGiven(Setting.HTTP_PORT)) {
                AgentWeb listening = AgentWeb.start(settings, name(), this);
                web = Optional.of(listening);
                parts.push(listening);
            }
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e.getMessage(), e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void join() throws IOException {
        Gossip joined = Gossip.start(GossipConfig.from(settings), known(), new Ending());
        gossip = Optional.of(joined);
        parts.push(joined);
    }

    /** This node as others see it. */
    private Peer known() {
        Member member = SelfMember.of(settings, identity.id(), version, node.rpcPort(), node.journalId());
        TreeMap<String, String> attributes = new TreeMap<>();
        attributes.put(
                Peer.EXECUTORS, String.join(",", node.plugins().executors().keySet()));
        return new Peer(member, identity.starts(), Optional.empty(), attributes);
    }

    private void follow() {
        Gossip peers = gossip.orElseThrow();
        LeaderReports toLeader = new LeaderReports(
                peers,
                server -> new ReportClient(
                        name(), () -> Optional.of(clients.channel(RpcClients.address(server.member()))), REPORT_WITHIN),
                results -> Optional.of("an agent does not lead"));
        reports = Optional.of(toLeader);
        ClockOffsets clocks =
                new ClockOffsets(peers, clients, workers, InstantSource.system(), System::nanoTime, clock);
        offsets = Optional.of(clocks);
        parts.push(clocks);
        clocks.start();
        parts.push(toLeader.onLead(node.reporter()::restart));
        parts.push(peers.onChange(() -> clients.keepOnly(peers.all().stream()
                .map(Peer::member)
                .filter(Member::alive)
                .map(RpcClients::address)
                .toList())));
    }

    private CompletionStage<Optional<String>> report(List<RunReport> results) {
        Optional<ReportChannel> leader = reports.map(r -> r);
        return leader.isPresent()
                ? leader.get().deliver(results)
                : CompletableFuture.completedStage(Optional.of("the node starts"));
    }

    /** The name of this node. */
    public String name() {
        return SelfMember.name(settings);
    }

    /** Where HTTP really listens; empty when it does not. */
    public Optional<Integer> httpPort() {
        return web.map(AgentWeb::port);
    }

    /** Takes over settings that were read again. */
    public void reload(Settings fresh) {
        gossip.ifPresent(peers -> new Reload(peers, security, version).apply(fresh));
    }

    /** Somebody asks this node to leave for good. The answer goes out first. */
    private Optional<String> leave(String reason) {
        LOG.log(Level.INFO, "node leaves reason=\"{0}\"", reason);
        Thread leaving = new Thread(() -> exit.accept(stop(true) ? 1 : 0), "dkron-leave");
        leaving.setDaemon(true);
        leaving.start();
        return Optional.empty();
    }

    /** Stops as the settings say. @return whether a run was killed */
    public boolean stop() {
        return stop(false);
    }

    /** @param forGood waits for all runs, and until their results are acknowledged */
    private boolean stop(boolean forGood) {
        stopping = true;
        if (node.state() != AgentNode.State.RUNNING) {
            close();
            return false;
        }
        gossip.ifPresent(Gossip::leaving);
        boolean wait = forGood || settings.string(Setting.STOP_JOBS).equals("wait");
        boolean killed = node.drain(wait ? Runner.StopMode.WAIT : Runner.StopMode.LEAVE);
        if (forGood && !node.awaitAcknowledged(AgentNode.LAST_REPORTS)) {
            LOG.log(Level.WARNING, "node leaves with results that no leader acknowledged results={0}", unreported());
        }
        close();
        return killed;
    }

    /** Stops everything at once that is not stopped yet; runs are treated as the settings say. */
    @Override
    public synchronized void close() {
        stopping = true;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) { // the others are stopped all the same
                LOG.log(Level.WARNING, "a part of the node did not stop", e);
            }
        }
    }

    @Override
    public Peer self() {
        return gossip.map(Gossip::self).orElseThrow(() -> new IllegalStateException("the node has not joined"));
    }

    @Override
    public List<Peer> members() {
        return gossip.map(Gossip::all).orElse(List.of());
    }

    @Override
    public List<String> notReady() {
        List<String> reasons = new ArrayList<>();
        if (stopping) {
            reasons.add("the node stops");
        }
        if (gossip.filter(Gossip::joined).isEmpty()) {
            reasons.add("not joined yet");
        }
        if (gossip.flatMap(Gossip::leader).isEmpty()) {
            reasons.add("no leader is known");
        }
        return reasons;
    }

    @Override
    public int running() {
        return node.runner().running();
    }

    @Override
    public int unreported() {
        return node.unreported();
    }

    @Override
    public Map<String, Offset> clocks() {
        return offsets.map(ClockOffsets::offsets).orElse(Map.of());
    }

    /** The cluster does not want this node. */
    private final class Ending implements GossipHost {
        @Override
        public void fatal(String reason) {
            LOG.log(Level.ERROR, "node ends reason=\"{0}\"", reason);
            exit.accept(1);
        }

        @Override
        public void reaped(Peer peer) {
            LOG.log(Level.INFO, "member forgotten node={0}", peer.member().name());
        }
    }
}
