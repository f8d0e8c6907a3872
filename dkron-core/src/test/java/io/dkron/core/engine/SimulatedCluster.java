package io.dkron.core.engine;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.Notification.Channel;
import io.dkron.core.execution.RunReport;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.job.MissedFirings.Reason;
import io.dkron.core.store.Layout;
import io.dkron.core.store.Limits;
import io.dkron.core.store.MemoryStore;
import io.dkron.core.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Servers and agents in virtual time. The servers share a store as Raft would give it to them, elect one of those that
 * reach a majority, and tell the last one of it late. Every effect takes time and can fail in every way it may; the
 * store, the agents' journals, and what they started outlive the processes.
 */
final class SimulatedCluster {
    /** A rule that is not kept, to see that it would be noticed. */
    enum Sabotage {
        NONE,
        /** The store takes batches of leads that are over. */
        FENCE,
        /** Agents take orders of leads that are over. */
        AGENT_FENCE,
        /** An order without an answer is taken for one that did not arrive. */
        BINDING,
        /** The journal of an agent keeps its id when the agent starts, so that an old copy is taken for it. */
        JOURNAL_NAMES,
        /** A result counts again when it is repeated. */
        RESULT_ONCE,
        /** What is left to do of a step in parts is not stored. */
        TODO,
        /** What is to be told is not stored with what it tells of. */
        OUTBOX
    }

    private static final Duration FORWARD = Duration.ofSeconds(10);

    final Simulation simulation;
    final SimulatedNetwork network;
    final MemoryStore store;
    final Layout layout = Layout.json("dkron");
    final Timetable.Factory timetables = new ScheduleTimetables(java.time.ZoneOffset.UTC);
    final HistoryChecker history;
    final List<SimulatedServer> servers = new ArrayList<>();
    final List<SimulatedAgent> agents = new ArrayList<>();
    final EngineSettings settings = settings("any");
    final Sabotage sabotage;
    boolean jobsFail = true;
    boolean stopAtDispatch;
    SimulatedServer raftLeader;
    long elections;
    private final Map<String, Integer> refused = new HashMap<>();
    private int suspicions;
    private boolean hadLeader;
    private long uids;

    SimulatedCluster(long seed, int serverCount, int agentCount, Sabotage sabotage) {
        this(seed, serverCount, agentCount, Limits.NONE, sabotage);
    }

    SimulatedCluster(long seed, int serverCount, int agentCount, Limits limits, Sabotage sabotage) {
        store = new MemoryStore(limits);
        simulation = new Simulation(seed);
        network = new SimulatedNetwork(simulation);
        history = new HistoryChecker(layout, timetables, store);
        this.sabotage = sabotage;
        for (int i = 1; i <= serverCount + agentCount; i++) {
            boolean server = i <= serverCount;
            SimulatedNode node = new SimulatedNode(simulation, (server ? "server" : "agent") + i, server);
            agents.add(new SimulatedAgent(this, node));
            if (server) {
                servers.add(new SimulatedServer(this, node));
            }
        }
        servers.forEach(SimulatedServer::start);
        election();
    }

    EngineSettings settings(String name) {
        return EngineSettings.of(name)
                .keeping(60)
                .telling(NoticeRules.NONE.on(EnumSet.of(Channel.PRE_WEBHOOK, Channel.WEBHOOK)));
    }

    /** A receiver of messages refuses one now and then, but takes it the third time. */
    boolean receives(Effect.Notify message) {
        if (network.faulty && simulation.oneIn(4) && refused.merge(message.key(), 1, Integer::sum) < 3) {
            return false;
        }
        history.delivered(message.key());
        return true;
    }

    String uid() {
        return "u" + ++uids;
    }

    SimulatedAgent agent(String name) {
        return agents.stream().filter(a -> a.node.name.equals(name)).findFirst().orElseThrow();
    }

    /** The store, seen through by the history. */
    Store observed() {
        Store seen = history.observing(store);
        return sabotage == Sabotage.FENCE
                        || sabotage == Sabotage.RESULT_ONCE
                        || sabotage == Sabotage.TODO
                        || sabotage == Sabotage.OUTBOX
                ? new SabotagedStore(seen, layout, sabotage)
                : seen;
    }

    private void election() {
        simulation.after(simulation.millis(200, 600), this::election);
        if (raftLeader != null && mayLead(raftLeader)) {
            suspicions = 0;
            return;
        }
        if (raftLeader != null && ++suspicions < 3) {
            return;
        }
        suspicions = 0;
        if (raftLeader != null) {
            SimulatedServer old = raftLeader;
            raftLeader = null;
            if (old.node.up) {
                old.deposed();
            }
        }
        List<SimulatedServer> able = servers.stream().filter(this::mayLead).toList();
        if (!able.isEmpty()) {
            raftLeader = able.get(simulation.random.nextInt(able.size()));
            elections++;
            raftLeader.elected(hadLeader ? Reason.NO_LEADER : Reason.DOWN);
            hadLeader = true;
        }
    }

    private boolean mayLead(SimulatedServer server) {
        long peers = servers.stream()
                .filter(o -> o.node.works() && network.connected(server.node, o.node))
                .count();
        return server.node.works() && 2 * peers > servers.size() && server.eligible();
    }

    /** A server that says it leads and can be reached from there. */
    private Optional<SimulatedServer> leaderSeenFrom(SimulatedNode node) {
        List<SimulatedServer> claiming = servers.stream()
                .filter(s -> s.leads && s.node.works() && network.connected(node, s.node))
                .toList();
        return claiming.isEmpty()
                ? Optional.empty()
                : Optional.of(claiming.get(simulation.random.nextInt(claiming.size())));
    }

    /** An agent reports to whichever leader it sees, directly or through another server. */
    void report(SimulatedAgent agent, List<RunReport> reports) {
        leaderSeenFrom(agent.node)
                .ifPresent(leader -> network.<Boolean>call(
                        agent.node,
                        leader.node,
                        () -> {
                            leader.reported(agent.node.name, reports);
                            return true;
                        },
                        ok -> {},
                        failed -> {}));
    }

    /**
     * Asks any server, which forwards to the leader it sees; the answer may get lost. A forwarded request is dropped after
     * its deadline: a copy that a repetition has overtaken must not do what that one was refused.
     */
    void ask(Function<Instant, Event.Asked> event, Consumer<Outcome> then) {
        SimulatedServer entry = servers.get(simulation.random.nextInt(servers.size()));
        if (!entry.node.works()) {
            return;
        }
        long sent = simulation.nanos();
        leaderSeenFrom(entry.node)
                .ifPresentOrElse(
                        leader -> network.<Boolean>call(
                                entry.node,
                                leader.node,
                                () -> {
                                    if (simulation.nanos() - sent > FORWARD.toNanos()) {
                                        return false; // its client repeats it by now
                                    }
                                    leader.ask(event, outcome -> answer(leader, entry, outcome, then));
                                    return true;
                                },
                                ok -> {},
                                failed -> {}),
                        () -> then.accept(new Outcome.NoLeader(Duration.ofSeconds(1))));
    }

    private void answer(SimulatedServer leader, SimulatedServer entry, Outcome outcome, Consumer<Outcome> then) {
        if (network.reaches(leader.node, entry.node) && !(network.faulty && simulation.oneIn(40))) {
            simulation.after(simulation.millis(0, 4), () -> then.accept(outcome));
        }
    }

    /** The time of whoever leads, else of any. */
    Instant engineTime() {
        return raftLeader == null ? simulation.now() : raftLeader.now();
    }

    Optional<Job> stored(String name) {
        return layout.jobs(store).find(new JobName(name)).map(s -> s.value());
    }

    List<Execution> executions(String name) {
        return layout.executions(store).list(new JobName(name));
    }
}
