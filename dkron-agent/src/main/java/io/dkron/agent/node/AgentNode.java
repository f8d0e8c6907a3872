package io.dkron.agent.node;

import io.dkron.agent.journal.Journal;
import io.dkron.agent.plugin.PluginLoader;
import io.dkron.agent.plugin.Plugins;
import io.dkron.agent.report.ReportChannel;
import io.dkron.agent.report.Reporter;
import io.dkron.agent.rpc.MemberService;
import io.dkron.agent.rpc.RpcServer;
import io.dkron.agent.run.Runner;
import io.dkron.agent.time.ClockService;
import io.dkron.core.cluster.Fence;
import io.grpc.BindableService;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * What every node does: keeps a journal, runs what leaders order, reports the results, answers RPC. Started once, stopped
 * once; a server builds one too, with executors of its own. {@link #start} and {@link #stop} exclude each other.
 *
 * <p>The executor given must have threads to spare: runs that work inside the node occupy one each, eight are needed
 * beside. It is not shut down here.
 */
public final class AgentNode {
    /** How long a node that leaves for good waits for its last results to be acknowledged. */
    public static final Duration LAST_REPORTS = Duration.ofSeconds(30);

    private static final Logger LOG = System.getLogger(AgentNode.class.getName());
    private static final long LOOK_NANOS = Duration.ofMillis(50).toNanos();

    /** Where the node stands. */
    public enum State {
        NEW,
        STARTING,
        RUNNING,
        STOPPING,
        STOPPED
    }

    /**
     * What the host brings.
     *
     * @param reports the way to the leader
     * @param services offered on the RPC port beside the member's own
     * @param leave begins to leave for a reason; says why not if not
     */
    public record Host(
            ReportChannel reports,
            List<BindableService> services,
            Function<String, Optional<String>> leave,
            ScheduledExecutorService workers,
            InstantSource clock) {
        public Host {
            Objects.requireNonNull(reports, "reports");
            services = List.copyOf(services);
            Objects.requireNonNull(leave, "leave");
            Objects.requireNonNull(workers, "workers");
            Objects.requireNonNull(clock, "clock");
        }
    }

    /** The rooms of a running node. */
    private record Rooms(Plugins plugins, Journal journal, Runner runner, Reporter reporter, RpcServer rpc) {}

    private final AgentSettings settings;
    private final Host host;
    private final Deque<Runnable> stops = new ArrayDeque<>();
    private Optional<Rooms> rooms = Optional.empty();
    private volatile State state = State.NEW;
    private boolean drained;
    private boolean killed;

    public AgentNode(AgentSettings settings, Host host) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.host = Objects.requireNonNull(host, "host");
    }

    public State state() {
        return state;
    }

    /**
     * Starts everything; runs of an earlier life are found again, and their results go first.
     *
     * @throws RuntimeException when a room does not start; those before it are stopped then
     */
    public synchronized void start() {
        if (state != State.NEW) {
            throw new IllegalStateException("node cannot start while " + state);
        }
        state = State.STARTING;
        try {
            rooms = Optional.of(build());
            state = State.RUNNING;
        } catch (RuntimeException e) {
            stopAll();
            throw e;
        }
    }

    private Rooms build() {
        Plugins plugins = PluginLoader.load(settings.plugins());
        stops.push(() -> close("plugins", plugins));
        Journal journal = Journal.open(settings.journal(), host.clock());
        stops.push(journal::close);
        Reporter reporter = new Reporter(journal, host.reports(), host.workers(), host.clock());
        stops.push(reporter::stop);
        Runner runner = new Runner(
                journal, plugins.executors(), settings.runner(), host.workers(), host.clock(), reporter::wake);
        runner.start();
        reporter.wake();
        List<BindableService> services = new ArrayList<>(host.services());
        services.add(new MemberService(runner, host.leave()));
        services.add(new ClockService(InstantSource.system(), host.clock()));
        RpcServer rpc = RpcServer.start(settings.rpc(), services, host.workers(), settings.security());
        stops.push(rpc::close);
        return new Rooms(plugins, journal, runner, reporter, rpc);
    }

    /** What this node can run and where outputs can go. @throws IllegalStateException unless it is running */
    public Plugins plugins() {
        return running().plugins();
    }

    /** The runs of this node. @throws IllegalStateException unless it is running */
    public Runner runner() {
        return running().runner();
    }

    /** The highest fence that this node was ever shown. @throws IllegalStateException unless it is running */
    public Optional<Fence> fence() {
        return running().journal().fence();
    }

    /** The random id of this node's journal. @throws IllegalStateException unless it is running */
    public String journalId() {
        return running().journal().id();
    }

    /** Brings results to the leader. @throws IllegalStateException unless it is running */
    public Reporter reporter() {
        return running().reporter();
    }

    /** The port that RPC listens on. @throws IllegalStateException unless it is running */
    public int rpcPort() {
        return running().rpc().port();
    }

    private Rooms running() {
        return rooms.orElseThrow(() -> new IllegalStateException("node is " + state));
    }

    /** Stops as the settings say. @return whether a run was killed */
    public boolean stop() {
        return stop(settings.stopMode());
    }

    /**
     * Takes no new runs, and ends those in progress as the mode says. Everything else goes on: results are reported, output
     * is read. A second call does nothing.
     *
     * @return whether a run was killed
     * @throws IllegalStateException unless it is running
     */
    public synchronized boolean drain(Runner.StopMode mode) {
        if (!drained) {
            drained = true;
            killed = running().runner().stop(mode);
        }
        return killed;
    }

    /** How many results are not acknowledged. @throws IllegalStateException unless it is running */
    public int unreported() {
        return running().journal().unreported().size();
    }

    /** Waits for as long at most until a leader has acknowledged every result. @return whether it has */
    public boolean awaitAcknowledged(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        while (unreported() > 0) {
            if (System.nanoTime() - end > 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return true;
    }

    /**
     * Stops: no new runs, then what the mode says of those in progress, then the rest. A second call does nothing.
     *
     * @return whether a run was killed
     */
    public synchronized boolean stop(Runner.StopMode mode) {
        if (state == State.NEW) {
            state = State.STOPPED;
        }
        if (state == State.STOPPED) {
            return killed;
        }
        state = State.STOPPING;
        if (rooms.isPresent()) {
            drain(mode);
        }
        stopAll();
        return killed;
    }

    private void stopAll() {
        while (!stops.isEmpty()) {
            try {
                stops.pop().run();
            } catch (RuntimeException e) { // the others are stopped all the same
                LOG.log(Level.WARNING, "a part of the node did not stop", e);
            }
        }
        state = State.STOPPED;
    }

    private static void close(String name, AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) { // declared so by AutoCloseable
            LOG.log(Level.WARNING, name + " not closed", e);
        }
    }
}
