package io.dkron.core.engine;

import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.MissedFirings.Reason;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Layout;
import io.dkron.core.store.Limits;
import io.dkron.core.store.MemoryStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** One engine on a store in memory, step by step: commits and lists are performed at once unless a test holds them. */
final class Bench {
    static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

    final MemoryStore store;
    final Layout layout = Layout.json("dkron");
    final List<Effect> effects = new ArrayList<>();
    final List<RunOrder> orders = new ArrayList<>();
    final List<RunKey> acknowledged = new ArrayList<>();
    final List<Effect.Commit> held = new ArrayList<>();
    Instant now = START;
    String journal = "j1";
    boolean holdCommits;
    boolean loseDispatches;
    boolean refuseDispatches;
    final java.util.Set<String> refusing = new java.util.HashSet<>();
    List<Member> members = List.of();
    EngineSettings settings = EngineSettings.of("node1");
    private LeaderEngine engine;
    private long ids;
    private long uids;

    private Bench(Limits limits) {
        store = new MemoryStore(limits);
    }

    static Bench led() {
        return led(Limits.NONE);
    }

    /** On a store with these limits. */
    static Bench led(Limits limits) {
        Bench bench = new Bench(limits);
        bench.restart(Reason.DOWN);
        return bench;
    }

    /** A new life of the server on the same store. */
    void restart(Reason gap) {
        held.clear();
        engine = new LeaderEngine(
                settings,
                layout,
                new ScheduleTimetables(java.time.ZoneOffset.UTC),
                new SplittableRandom(1)::nextLong,
                () -> "uid" + ++uids);
        step(new Event.Members(now, members.isEmpty() ? List.of(member("node1")) : members));
        elect(gap);
    }

    void elect(Reason gap) {
        Takeover.Result result = Takeover.run(store, layout, "node1", gap, () -> "uid" + ++uids, now);
        step(new Event.Elected(now, ((Takeover.Result.Taken) result).takeover()));
    }

    /** Who is a member from now on. */
    void members(Member... now) {
        members = List.of(now);
        step(new Event.Members(this.now, members));
    }

    Member member(String name) {
        return member(name, MemberStatus.ALIVE);
    }

    Member member(String name, Map<String, String> tags) {
        Member plain = member(name);
        TreeMap<String, String> all = new TreeMap<>(plain.tags());
        all.putAll(tags);
        return new Member(plain.id(), name, plain.address(), 1, 2, true, all, plain.status(), plain.journalId());
    }

    Member member(String name, MemberStatus status) {
        return new Member(
                "id-" + name, name, "127.0.0.1", 1, 2, true, new TreeMap<>(Map.of("n", name)), status, journal);
    }

    void step(Event event) {
        for (Effect effect : engine.step(event)) {
            effects.add(effect);
            perform(effect);
        }
    }

    private void perform(Effect effect) {
        if (effect instanceof Effect.Commit commit) {
            if (holdCommits) {
                held.add(commit);
            } else {
                commit(commit);
            }
        } else if (effect instanceof Effect.ListExecutions list) {
            step(new Event.ExecutionsListed(
                    now, list.ticket(), list.job(), layout.executions(store).ids(list.job())));
        } else if (effect instanceof Effect.ReadExecution read) {
            step(new Event.ExecutionRead(
                    now, read.ticket(), layout.executions(store).find(read.job(), read.id()), Optional.empty()));
        } else if (effect instanceof Effect.Dispatch dispatch) {
            if (refuseDispatches || refusing.contains(dispatch.node())) {
                handed(dispatch, Event.Handover.Result.REFUSED);
                return;
            }
            orders.addAll(dispatch.orders());
            if (!loseDispatches) {
                handed(dispatch, Event.Handover.Result.ACCEPTED);
            }
        } else if (effect instanceof Effect.Acknowledge ack) {
            acknowledged.addAll(ack.keys());
        }
    }

    void handed(Effect.Dispatch dispatch, Event.Handover.Result result) {
        step(new Event.Dispatched(
                now,
                dispatch.fence().term(),
                dispatch.node(),
                dispatch.orders().stream()
                        .map(o -> new Event.Handover(o.key(), result, "test"))
                        .toList()));
    }

    void commit(Effect.Commit commit) {
        CommitResult result = store.commit(commit.batch());
        if (result instanceof CommitResult.Committed c) {
            step(new Event.Committed(now, commit.sequence(), c.version()));
        } else {
            Optional<String> refused =
                    result instanceof CommitResult.Refused r ? Optional.of(r.key()) : Optional.empty();
            step(new Event.CommitLost(now, commit.sequence(), result.toString(), refused));
        }
    }

    void releaseCommits() {
        holdCommits = false;
        List<Effect.Commit> due = List.copyOf(held);
        held.clear();
        due.forEach(this::commit);
    }

    /** Lets time pass, with a tick at its end. */
    void pass(Duration time) {
        now = now.plus(time);
        step(new Event.Tick(now));
    }

    /** Lets time pass with a tick each second. */
    void passInSeconds(int seconds) {
        for (int i = 0; i < seconds; i++) {
            pass(Duration.ofSeconds(1));
        }
    }

    Request request() {
        return new Request("r" + ++ids, false);
    }

    Outcome save(JobDefinition.Builder job) {
        Request request = request();
        step(new Event.Save(now, request, job.build(), List.of(), Condition.NONE, false, false));
        return answer(request);
    }

    Outcome delete(String name, boolean cascade) {
        Request request = request();
        step(new Event.Delete(now, request, new JobName(name), Condition.NONE, cascade));
        return answer(request);
    }

    Outcome run(String name) {
        Request request = request();
        step(new Event.Run(now, request, new JobName(name), false));
        return answer(request);
    }

    Outcome toggle(String name) {
        Request request = request();
        step(new Event.Toggle(now, request, new JobName(name), Condition.NONE, Optional.empty()));
        return answer(request);
    }

    Outcome answer(Request request) {
        return answers(request).stream()
                .reduce((a, b) -> b)
                .orElseThrow(() -> new AssertionError("no answer to " + request));
    }

    List<Outcome> answers(Request request) {
        return effects.stream()
                .filter(e -> e instanceof Effect.Answer a && a.requestId().equals(request.id()))
                .map(e -> ((Effect.Answer) e).outcome())
                .toList();
    }

    /** Reports the end of every order that was given since the last call. */
    void finishAll(ExecutionState state) {
        List<RunOrder> given = List.copyOf(orders);
        orders.clear();
        given.forEach(o -> finish(o, state));
    }

    void finish(RunOrder order, ExecutionState state) {
        step(new Event.Reported(now, order.key().node(), List.of(report(order, state))));
    }

    RunReport report(RunOrder order, ExecutionState state) {
        return new RunReport(
                order.id(),
                order.key(),
                order.job(),
                state,
                now,
                now.plusMillis(100),
                state == ExecutionState.FAILED ? "exit status 1" : "",
                OutputTail.whole("hello\n".getBytes(StandardCharsets.UTF_8)));
    }

    Job job(String name) {
        return find(name).orElseThrow(() -> new AssertionError("no job " + name));
    }

    Optional<Job> find(String name) {
        return layout.jobs(store).find(new JobName(name)).map(s -> s.value());
    }

    List<Execution> executions(String name) {
        return layout.executions(store).list(new JobName(name));
    }

    <E extends Effect> List<E> all(Class<E> type) {
        return effects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    static JobDefinition.Builder every(String name, int seconds) {
        return JobDefinition.named(name).schedule("@every " + seconds + "s").executor("shell");
    }

    static JobDefinition.Builder manual(String name) {
        return JobDefinition.named(name).schedule("@manually").executor("shell");
    }
}
