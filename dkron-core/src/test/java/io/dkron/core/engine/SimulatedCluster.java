package io.dkron.core.engine;

import io.dkron.core.engine.Event.Handover;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.job.MissedFirings.Reason;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Layout;
import io.dkron.core.store.MemoryStore;
import io.dkron.core.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A server with its engine, store and agent in virtual time. Every effect takes time, can fail in every way it may, and
 * is forgotten when the server crashes; the store and the agent's journal stay.
 */
final class SimulatedCluster {
    /** What may go wrong; all off means a quiet cluster. */
    static final class Faults {
        boolean store;
        boolean network;
    }

    static final String NODE = "node1";

    final Simulation simulation;
    final MemoryStore store = new MemoryStore();
    final Layout layout = Layout.json("dkron");
    final SimulatedAgent agent;
    final Faults faults = new Faults();
    final HistoryChecker history;
    final Map<String, List<Outcome>> answers = new LinkedHashMap<>();
    final Map<String, Consumer<Outcome>> waiting = new LinkedHashMap<>();
    final Map<JobName, Job> readModel = new TreeMap<>();
    final List<Effect.GroupEnded> groupsEnded = new ArrayList<>();
    final EngineSettings settings;
    private final Timetable.Factory timetables = new ScheduleTimetables(java.time.ZoneOffset.UTC);
    private Optional<LeaderEngine> engine = Optional.empty();
    private Optional<TimeKeeper> keeper = Optional.empty();
    private Duration wallOffset = Duration.ZERO;
    private long life;
    private long wish;
    private long uids;

    SimulatedCluster(long seed, EngineSettings settings) {
        simulation = new Simulation(seed);
        agent = new SimulatedAgent(simulation, NODE);
        history = new HistoryChecker(layout, timetables, store);
        agent.reportsTo(reports -> send(simulation.millis(0, 5), now -> new Event.Reported(now, NODE, reports)));
        this.settings = settings;
    }

    static SimulatedCluster started(long seed) {
        SimulatedCluster cluster =
                new SimulatedCluster(seed, EngineSettings.of(NODE).keeping(60));
        cluster.start();
        cluster.simulation.runFor(Duration.ofMillis(100));
        return cluster;
    }

    boolean running() {
        return engine.isPresent();
    }

    /** The wall clock of the node. */
    Instant wall() {
        return simulation.now().plus(wallOffset);
    }

    void stepClock(Duration by) {
        wallOffset = wallOffset.plus(by);
    }

    Instant engineTime() {
        return keeper.map(k -> k.now(wall(), simulation.nanos(), Map.of())).orElseGet(this::wall);
    }

    void start() {
        life++;
        engine = Optional.of(new LeaderEngine(
                settings, layout, timetables, simulation.random.split()::nextLong, () -> "u" + ++uids));
        keeper = Optional.of(new TimeKeeper(wall(), simulation.nanos()));
        step(new Event.Members(engineTime(), List.of(agent.member())));
        takeOver(Reason.DOWN);
    }

    void crash() {
        life++;
        if (faults.store && simulation.oneIn(2)) {
            engine.ifPresent(this::haunt);
        }
        engine = Optional.empty();
        keeper = Optional.empty();
        waiting.clear();
    }

    /** The process was not dead but stopped: some time later it goes on for a moment, as the lead that it was. */
    private void haunt(LeaderEngine stopped) {
        simulation.after(simulation.millis(0, 150_000), () -> {
            for (Effect effect : stopped.step(new Event.Tick(wall()))) {
                if (effect instanceof Effect.Commit commit) {
                    observed().commit(commit.batch());
                }
            }
        });
    }

    void membersChanged() {
        send(Duration.ZERO, now -> new Event.Members(now, List.of(agent.member())));
    }

    private void takeOver(Reason gap) {
        later(simulation.millis(0, 20), () -> {
            Takeover.Result result = Takeover.run(observed(), layout, NODE, gap, () -> "u" + ++uids, engineTime());
            if (result instanceof Takeover.Result.Taken taken) {
                step(new Event.Elected(engineTime(), taken.takeover()));
            } else {
                later(Duration.ofSeconds(1), () -> takeOver(gap));
            }
        });
    }

    /** The store, seen through by the history. */
    private io.dkron.core.store.Store observed() {
        return history.observing(store);
    }

    /** Sends an event to this life of the server. */
    void send(Duration delay, java.util.function.Function<Instant, Event> event) {
        later(delay, () -> step(event.apply(engineTime())));
    }

    private void later(Duration delay, Runnable run) {
        long mine = life;
        simulation.after(delay, () -> mine == life && running(), run);
    }

    void ask(Event.Asked asked, Consumer<Outcome> then) {
        waiting.put(asked.request().id(), then);
        step(asked);
    }

    private void step(Event event) {
        engine.ifPresent(e -> {
            for (Effect effect : e.step(event)) {
                perform(effect);
            }
        });
    }

    private void perform(Effect effect) {
        if (effect instanceof Effect.Commit commit) {
            later(simulation.millis(0, 3), () -> commit(commit));
        } else if (effect instanceof Effect.Reload) {
            takeOver(Reason.STORE);
        } else if (effect instanceof Effect.WakeAt wake) {
            long mine = ++wish;
            Duration delay = Duration.between(engineTime(), wake.at());
            Duration real = simulation.oneIn(20) ? delay.plus(simulation.millis(0, 500)) : delay;
            Duration capped = real.compareTo(Duration.ofSeconds(5)) > 0 ? Duration.ofSeconds(5) : real;
            later(capped, () -> {
                if (mine == wish) {
                    step(new Event.Tick(engineTime()));
                }
            });
        } else if (effect instanceof Effect.Dispatch dispatch) {
            dispatch(dispatch);
        } else if (effect instanceof Effect.AskAgent ask) {
            askAgent(ask);
        } else if (effect instanceof Effect.Cancel cancel) {
            if (!agent.alive || (faults.network && simulation.oneIn(5))) {
                send(simulation.millis(1, 100), now -> new Event.AgentUnreachable(now, cancel.node(), "test"));
            } else {
                later(simulation.millis(0, 5), () -> cancel.keys().forEach(agent::cancel));
            }
        } else if (effect instanceof Effect.Acknowledge ack) {
            if (!(faults.network && simulation.oneIn(10))) {
                later(simulation.millis(0, 3), () -> ack.keys().forEach(agent::acknowledge));
            }
        } else if (effect instanceof Effect.Process process) {
            if (!simulation.oneIn(20)) {
                OutputTail output = OutputTail.whole("processed\n".getBytes(StandardCharsets.UTF_8));
                send(
                        simulation.millis(1, 500),
                        now -> new Event.Processed(now, process.execution().key(), Optional.of(output)));
            }
        } else if (effect instanceof Effect.ListExecutions list) {
            later(simulation.millis(0, 50), () -> list(list));
        } else if (effect instanceof Effect.Answer answer) {
            answers.computeIfAbsent(answer.requestId(), i -> new ArrayList<>()).add(answer.outcome());
            Optional.ofNullable(waiting.remove(answer.requestId())).ifPresent(w -> w.accept(answer.outcome()));
        } else if (effect instanceof Effect.Publish publish) {
            publish(publish);
        } else if (effect instanceof Effect.GroupEnded ended) {
            groupsEnded.add(ended);
        }
    }

    private void publish(Effect.Publish publish) {
        if (publish.complete()) {
            readModel.clear();
        }
        publish.deleted().forEach(readModel::remove);
        publish.jobs().forEach(j -> readModel.put(j.name(), j));
    }

    private void commit(Effect.Commit commit) {
        if (faults.store && simulation.oneIn(150)) { // the request hangs somewhere and arrives long after
            Batch late = commit.batch();
            simulation.after(simulation.millis(0, 3000), () -> observed().commit(late));
            send(simulation.millis(1, 100), now -> new Event.CommitLost(now, commit.sequence(), "test: late"));
            return;
        }
        CommitResult result = observed().commit(commit.batch());
        if (result instanceof CommitResult.Committed done) {
            send(simulation.millis(0, 3), now -> new Event.Committed(now, commit.sequence(), done.version()));
        } else {
            send(simulation.millis(0, 3), now -> new Event.CommitLost(now, commit.sequence(), result.toString()));
        }
    }

    private void list(Effect.ListExecutions list) {
        try {
            var ids = layout.executions(store).ids(list.job());
            send(simulation.millis(0, 5), now -> new Event.ExecutionsListed(now, list.ticket(), list.job(), ids));
        } catch (StoreException e) {
            send(Duration.ZERO, now -> new Event.ListFailed(now, list.ticket(), list.job(), "test"));
        }
    }

    private void dispatch(Effect.Dispatch dispatch) {
        int way = faults.network || !agent.alive ? simulation.random.nextInt(40) : 39;
        List<Handover> handovers = new ArrayList<>();
        long term = dispatch.fence().term();
        if (!agent.alive || way == 0) {
            dispatch.orders().forEach(o -> handovers.add(new Handover(o.key(), Handover.Result.NOT_SENT, "test")));
        } else if (way == 1) {
            dispatch.orders().forEach(o -> handovers.add(new Handover(o.key(), Handover.Result.REFUSED, "test")));
        } else if (way <= 4) { // the answer is lost; the request arrives, or arrives late, or never
            dispatch.orders().forEach(o -> handovers.add(new Handover(o.key(), Handover.Result.UNKNOWN, "test")));
            if (way > 2) {
                Duration delay = way == 3 ? simulation.millis(0, 5) : simulation.millis(0, 20_000);
                String journal = agent.journalId();
                simulation.after(delay, () -> {
                    if (journal.equals(agent.journalId())) { // a connection dies with the process it leads to
                        deliver(dispatch);
                    }
                });
            }
        } else {
            later(simulation.millis(0, 4), () -> {
                List<Handover> taken = deliver(dispatch);
                send(simulation.millis(0, 4), now -> new Event.Dispatched(now, term, dispatch.node(), taken));
            });
            return;
        }
        send(simulation.millis(0, 50), now -> new Event.Dispatched(now, term, dispatch.node(), handovers));
    }

    private List<Handover> deliver(Effect.Dispatch dispatch) {
        List<Handover> taken = new ArrayList<>();
        for (RunOrder order : dispatch.orders()) {
            taken.add(agent.take(dispatch.fence(), order, engineTime()));
        }
        return taken;
    }

    private void askAgent(Effect.AskAgent ask) {
        if (!agent.alive || (faults.network && simulation.oneIn(4))) {
            send(simulation.millis(1, 100), now -> new Event.AgentUnreachable(now, ask.node(), "test"));
            return;
        }
        later(simulation.millis(0, 5), () -> {
            var runs = agent.list(ask.fence());
            String journal = agent.journalId();
            send(
                    simulation.millis(0, 5),
                    now -> new Event.AgentListed(now, ask.fence().term(), ask.node(), journal, runs));
        });
    }

    Optional<Job> stored(String name) {
        return layout.jobs(store).find(new JobName(name)).map(s -> s.value());
    }

    List<Execution> executions(String name) {
        return layout.executions(store).list(new JobName(name));
    }
}
