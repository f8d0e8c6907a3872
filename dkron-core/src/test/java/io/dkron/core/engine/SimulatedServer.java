package io.dkron.core.engine;

import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.engine.Event.Handover;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunReport;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.job.MissedFirings.Reason;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Page;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** A server: an engine, its effects performed over a network that fails, and clocks that err. */
final class SimulatedServer {
    final SimulatedNode node;
    final Map<JobName, Job> readModel = new TreeMap<>();
    Duration wallOffset = Duration.ZERO;
    boolean leads;
    private final SimulatedCluster cluster;
    private final Simulation simulation;
    private final Map<String, Consumer<Outcome>> waiting = new LinkedHashMap<>();
    private final Map<String, Long> seen = new HashMap<>();
    private Optional<LeaderEngine> engine = Optional.empty();
    private Optional<TimeKeeper> keeper = Optional.empty();
    private List<Member> members = List.of();
    private Map<String, Duration> offsets = Map.of();
    private long wish;

    SimulatedServer(SimulatedCluster cluster, SimulatedNode node) {
        this.cluster = cluster;
        this.simulation = cluster.simulation;
        this.node = node;
        gossip();
        measure();
    }

    void start() {
        node.up = true;
        leads = false;
        engine = Optional.of(new LeaderEngine(
                cluster.settings(node.name),
                cluster.layout,
                cluster.timetables,
                simulation.random.split()::nextLong,
                cluster::uid));
        keeper = Optional.of(new TimeKeeper(wall(), simulation.nanos()));
        members = List.of();
        seen.clear();
        view();
    }

    void kill() {
        node.kill();
        if (cluster.raftLeader == this) {
            cluster.raftLeader = null; // however soon it is back, it is elected anew
        }
        engine = Optional.empty();
        keeper = Optional.empty();
        waiting.clear();
        leads = false;
    }

    Instant wall() {
        return simulation.now().plus(wallOffset);
    }

    Instant now() {
        return keeper.map(k -> k.now(wall(), simulation.nanos(), offsets)).orElseGet(this::wall);
    }

    boolean eligible() {
        return TimeKeeper.eligible(offsets);
    }

    /** Offsets of the others are measured now and then, so they may be old for a while. */
    private void measure() {
        if (node.works()) {
            Map<String, Duration> measured = new HashMap<>();
            for (SimulatedServer other : cluster.servers) {
                if (other != this && other.node.works() && cluster.network.connected(node, other.node)) {
                    measured.put(other.node.name, Duration.between(wall(), other.wall()));
                }
            }
            offsets = measured;
        }
        simulation.after(Duration.ofSeconds(4), this::measure);
    }

    private void gossip() {
        simulation.after(Duration.ofSeconds(1), this::gossip);
        if (node.works() && engine.isPresent()) {
            view();
        }
    }

    private void view() {
        List<Member> view = new java.util.ArrayList<>();
        for (SimulatedAgent agent : cluster.agents) {
            boolean visible = agent.node.works() && cluster.network.connected(node, agent.node);
            if (visible) {
                seen.put(agent.node.name, simulation.nanos());
            }
            Long last = seen.get(agent.node.name);
            if (agent.node.removed || last == null) {
                continue;
            }
            boolean alive = simulation.nanos() - last < Duration.ofSeconds(3).toNanos();
            view.add(agent.member(alive ? MemberStatus.ALIVE : MemberStatus.FAILED));
        }
        if (!view.equals(members)) {
            members = view;
            node.later(Duration.ZERO, () -> step(new Event.Members(now(), view)));
        }
    }

    void elected(Reason gap) {
        node.later(simulation.millis(0, 20), () -> {
            keeper.ifPresent(k -> k.restart(wall(), simulation.nanos()));
            takeOver(gap);
        });
    }

    void deposed() {
        node.later(simulation.millis(0, 2_000), () -> {
            if (cluster.raftLeader != this) {
                leads = false;
                step(new Event.Deposed(now(), "test"));
            }
        });
    }

    private void takeOver(Reason gap) {
        if (cluster.raftLeader != this && !simulation.oneIn(4)) {
            return;
        }
        Takeover.Result result = Takeover.run(replicated(), cluster.layout, node.name, gap, cluster::uid, now());
        if (result instanceof Takeover.Result.Taken taken) {
            leads = true;
            step(new Event.Elected(now(), taken.takeover()));
        } else {
            node.later(Duration.ofSeconds(1), () -> takeOver(gap));
        }
    }

    /** The store through Raft: who is no leader of it has nothing committed, except what was on its way. */
    private Store replicated() {
        Store inner = cluster.observed();
        return new Store() {
            @Override
            public Optional<Entry> get(String key) {
                return inner.get(key);
            }

            @Override
            public Page list(String prefix, String after, int limit) {
                return inner.list(prefix, after, limit);
            }

            @Override
            public CommitResult commit(Batch batch) {
                if (cluster.raftLeader == SimulatedServer.this || simulation.oneIn(3)) {
                    return inner.commit(batch);
                }
                return new CommitResult.Failed("test: no leader");
            }

            @Override
            public Health health() {
                return inner.health();
            }

            @Override
            public Limits limits() {
                return inner.limits();
            }
        };
    }

    /** Asks the engine here, which may lead no longer. */
    void ask(Function<Instant, Event.Asked> event, Consumer<Outcome> then) {
        Event.Asked asked = event.apply(now());
        waiting.put(asked.request().id(), then);
        step(asked);
    }

    void reported(String from, List<RunReport> reports) {
        step(new Event.Reported(now(), from, reports));
    }

    void step(Event event) {
        engine.ifPresent(e -> e.step(event).forEach(this::perform));
    }

    private void later(Duration delay, Function<Instant, Event> event) {
        node.later(delay, () -> step(event.apply(now())));
    }

    private void perform(Effect effect) {
        if (effect instanceof Effect.Commit commit) {
            node.later(simulation.millis(0, 3), () -> commit(commit));
        } else if (effect instanceof Effect.Reload) {
            leads = false;
            node.later(simulation.millis(0, 50), () -> takeOver(Reason.STORE));
        } else if (effect instanceof Effect.WakeAt wake) {
            wake(wake);
        } else if (effect instanceof Effect.Dispatch dispatch) {
            dispatch(dispatch);
        } else if (effect instanceof Effect.AskAgent ask) {
            SimulatedAgent agent = cluster.agent(ask.node());
            cluster.network.<Optional<Event.AgentListed>>call(
                    node,
                    agent.node,
                    () -> agent.list(ask.fence(), Instant.EPOCH),
                    listed -> listed.ifPresentOrElse(
                            l -> step(new Event.AgentListed(
                                    now(), l.term(), l.node(), ask.question(), l.journals(), l.runs())),
                            () -> step(new Event.AgentUnreachable(now(), ask.node(), "stale"))),
                    failed -> step(new Event.AgentUnreachable(now(), ask.node(), "test")));
        } else if (effect instanceof Effect.Cancel cancel) {
            SimulatedAgent agent = cluster.agent(cancel.node());
            cluster.network.<Boolean>call(
                    node,
                    agent.node,
                    () -> {
                        cancel.keys().forEach(k -> agent.cancel(cancel.fence(), k));
                        return true;
                    },
                    ok -> {},
                    failed -> step(new Event.AgentUnreachable(now(), cancel.node(), "test")));
        } else if (effect instanceof Effect.Acknowledge ack) {
            SimulatedAgent agent = cluster.agent(ack.node());
            cluster.network.<Boolean>call(
                    node,
                    agent.node,
                    () -> {
                        ack.keys().forEach(agent::acknowledge);
                        return true;
                    },
                    ok -> {},
                    failed -> {});
        } else {
            performHere(effect);
        }
    }

    private void performHere(Effect effect) {
        if (effect instanceof Effect.Process process) {
            if (!simulation.oneIn(20)) {
                OutputTail output = OutputTail.whole("processed\n".getBytes(StandardCharsets.UTF_8));
                later(
                        simulation.millis(1, 500),
                        at -> new Event.Processed(at, process.execution().key(), Optional.of(output), List.of()));
            }
        } else if (effect instanceof Effect.ListExecutions list) {
            node.later(simulation.millis(0, 50), () -> list(list));
        } else if (effect instanceof Effect.Notify notify) {
            node.later(simulation.millis(1, 400), () -> {
                boolean taken = cluster.receives(notify);
                later(
                        simulation.millis(0, 20),
                        at -> new Event.Notified(
                                at, notify.key(), taken ? Optional.empty() : Optional.of("test: refused")));
            });
        } else if (effect instanceof Effect.ReadExecution read) {
            node.later(simulation.millis(0, 50), () -> read(read));
        } else if (effect instanceof Effect.Answer answer) {
            Optional.ofNullable(waiting.remove(answer.requestId())).ifPresent(w -> w.accept(answer.outcome()));
        } else if (effect instanceof Effect.Publish publish) {
            if (publish.complete()) {
                readModel.clear();
            }
            publish.deleted().forEach(readModel::remove);
            publish.jobs().forEach(j -> readModel.put(j.name(), j));
        }
    }

    private void wake(Effect.WakeAt wake) {
        long mine = ++wish;
        Duration delay = Duration.between(now(), wake.at());
        Duration real = simulation.oneIn(20) ? delay.plus(simulation.millis(0, 500)) : delay;
        Duration capped = real.compareTo(Duration.ofSeconds(5)) > 0 ? Duration.ofSeconds(5) : real;
        node.later(capped, () -> {
            if (mine == wish) {
                step(new Event.Tick(now()));
            }
        });
    }

    private void commit(Effect.Commit commit) {
        boolean led = cluster.raftLeader == this;
        boolean late = !led || (cluster.network.faulty && simulation.oneIn(150));
        if (late) { // it hangs somewhere, and may arrive long after
            if (led || simulation.oneIn(3)) {
                simulation.after(
                        simulation.millis(0, 3000), () -> cluster.observed().commit(commit.batch()));
            }
            later(simulation.millis(1, 2000), at -> new Event.CommitLost(at, commit.sequence(), "test: late"));
            return;
        }
        CommitResult result = cluster.observed().commit(commit.batch());
        Function<Instant, Event> told = result instanceof CommitResult.Committed done
                ? at -> new Event.Committed(at, commit.sequence(), done.version())
                : at -> new Event.CommitLost(at, commit.sequence(), result.toString(), refused(result));
        later(simulation.millis(0, 3), told);
    }

    private static Optional<String> refused(CommitResult result) {
        return result instanceof CommitResult.Refused r ? Optional.of(r.key()) : Optional.empty();
    }

    private void list(Effect.ListExecutions list) {
        try {
            var ids = cluster.layout.executions(cluster.store).ids(list.job());
            later(simulation.millis(0, 5), at -> new Event.ExecutionsListed(at, list.ticket(), list.job(), ids));
        } catch (StoreException e) {
            later(Duration.ZERO, at -> new Event.ListFailed(at, list.ticket(), list.job(), "test"));
        }
    }

    private void read(Effect.ReadExecution read) {
        try {
            var found = cluster.layout.executions(cluster.store).find(read.job(), read.id());
            later(simulation.millis(0, 5), at -> new Event.ExecutionRead(at, read.ticket(), found, Optional.empty()));
        } catch (StoreException e) {
            later(
                    Duration.ZERO,
                    at -> new Event.ExecutionRead(at, read.ticket(), Optional.empty(), Optional.of("test")));
        }
    }

    private void dispatch(Effect.Dispatch dispatch) {
        if (cluster.stopAtDispatch && node.works()) { // between the record and the order (protocol P1)
            cluster.stopAtDispatch = false;
            node.paused = true;
            simulation.after(simulation.millis(3_000, 60_000), node::resume);
            node.later(Duration.ZERO, () -> send(dispatch));
        } else {
            send(dispatch);
        }
    }

    private void send(Effect.Dispatch dispatch) {
        SimulatedAgent agent = cluster.agent(dispatch.node());
        long sent = simulation.nanos();
        long term = dispatch.fence().term();
        cluster.network.<List<Handover>>call(
                node,
                agent.node,
                () -> dispatch.orders().stream()
                        .map(o -> agent.take(dispatch.fence(), o, sent))
                        .toList(),
                taken -> step(new Event.Dispatched(now(), term, dispatch.node(), taken)),
                failed -> {
                    boolean guess = cluster.sabotage == SimulatedCluster.Sabotage.BINDING;
                    Handover.Result result = guess ? Handover.Result.NOT_SENT : failed;
                    List<Handover> none = dispatch.orders().stream()
                            .map(o -> new Handover(o.key(), result, "test"))
                            .toList();
                    step(new Event.Dispatched(now(), term, dispatch.node(), none));
                });
    }
}
