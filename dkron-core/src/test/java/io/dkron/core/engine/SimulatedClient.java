package io.dkron.core.engine;

import io.dkron.core.execution.Execution;
import io.dkron.core.job.Concurrency;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.Misfire;
import io.dkron.core.job.MisfirePolicy;
import io.dkron.core.job.RetryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Somebody who asks for one thing after the other, repeats what was not confirmed, and remembers what was. */
final class SimulatedClient {
    private static final List<String> NAMES = List.of("a", "a-b", "b", "c", "d", "e", "f", "g");

    /** Definitions that were acknowledged last, by name; empty for a deletion. */
    final Map<JobName, Optional<JobDefinition>> acknowledged = new TreeMap<>();
    /** Names whose last change was given up without an answer. */
    final Set<JobName> uncertain = new HashSet<>();
    /** Runs that were acknowledged: job uid and group. */
    final List<String> runs = new ArrayList<>();

    private final SimulatedCluster cluster;
    private final Simulation simulation;
    private long ids;
    boolean stopped;

    SimulatedClient(SimulatedCluster cluster) {
        this.cluster = cluster;
        this.simulation = cluster.simulation;
        simulation.after(Duration.ofMillis(200), this::next);
    }

    private void next() {
        if (!stopped) {
            JobName name = anyName();
            Request request = new Request("r" + ++ids, simulation.oneIn(3));
            submit(request, any(request, name), name, 0);
        }
    }

    JobName anyName() {
        return new JobName(NAMES.get(simulation.random.nextInt(NAMES.size())));
    }

    /** Somebody else may have written that job: what was acknowledged of it need not stand. */
    void foreign(JobName name) {
        uncertain.add(name);
    }

    private Function<Instant, Event.Asked> any(Request request, JobName name) {
        int way = simulation.random.nextInt(100);
        if (way < 35) {
            JobDefinition definition = definition(name);
            boolean run = simulation.oneIn(5);
            return now -> new Event.Save(now, request, definition, List.of(), Condition.NONE, run, false);
        } else if (way < 42) {
            boolean cascade = simulation.oneIn(2);
            return now -> new Event.Delete(now, request, name, Condition.NONE, cascade);
        } else if (way < 52) {
            return now -> new Event.Toggle(now, request, name, Condition.NONE, Optional.empty());
        } else if (way < 80) {
            return now -> new Event.Run(now, request, name, false);
        } else if (way < 85) {
            return now -> new Event.DeleteExecutions(now, request, name);
        } else if (way < 90) {
            Job job = new Job(
                    definition(name),
                    io.dkron.core.job.JobState.created("x", now())
                            .with()
                            .successCount(3)
                            .build());
            return now -> new Event.Restore(now, request, List.of(job), false);
        } else if (way < 93) {
            return now -> new Event.Pause(now, request, simulation.oneIn(4));
        }
        return now -> new Event.CancelExecutions(now, request, name, Optional.empty());
    }

    private Instant now() {
        return cluster.engineTime();
    }

    private JobDefinition definition(JobName name) {
        int way = simulation.random.nextInt(10);
        JobDefinition.Builder job = JobDefinition.named(name.value());
        if (way < 6) {
            job.schedule("@every " + (1 + simulation.random.nextInt(20)) + "s");
        } else if (way == 6) {
            job.schedule(simulation.oneIn(2) ? "@minutely" : "*/7 0-30 * * * *");
        } else if (way == 7) {
            job.schedule("@at " + now().plusSeconds(simulation.random.nextInt(60)));
        } else {
            job.schedule("@manually");
        }
        if (simulation.oneIn(4)) {
            job.parent(new JobName(NAMES.get(simulation.random.nextInt(NAMES.size()))));
        }
        if (simulation.oneIn(3)) {
            job.retry(new RetryPolicy(simulation.random.nextInt(4), simulation.oneIn(2) ? "" : "2s", "10s", 2, 0.2));
        }
        if (simulation.oneIn(4)) {
            job.processors(Map.of("log", new TreeMap<>()));
        }
        if (simulation.oneIn(8)) {
            job.tags(Map.of("nobody", "here"));
        } else if (!simulation.oneIn(4)) {
            job.tags(Map.of("role", "dkron:" + (1 + simulation.random.nextInt(2))));
        }
        if (simulation.oneIn(10)) {
            job.lostAfter("30s");
        }
        if (simulation.oneIn(6)) {
            job.expiresAt(Optional.of(now().plusSeconds(simulation.random.nextInt(120))));
        }
        if (simulation.oneIn(8)) {
            job.startsAt(Optional.of(now().plusSeconds(simulation.random.nextInt(60))));
        }
        Misfire mode = Misfire.values()[simulation.random.nextInt(3)];
        return job.concurrency(simulation.oneIn(3) ? Concurrency.FORBID : Concurrency.ALLOW)
                .ephemeral(simulation.oneIn(8))
                .disabled(simulation.oneIn(8))
                .misfire(new MisfirePolicy(
                        mode,
                        simulation.random.nextInt(20),
                        List.of("", "1s", "10m").get(simulation.random.nextInt(3))))
                .executor("shell")
                .build();
    }

    private void submit(Request request, Function<Instant, Event.Asked> event, JobName name, int tries) {
        if (tries > 30) {
            uncertain.add(name);
            uncertain.addAll(acknowledged.keySet()); // it may have been a deletion that takes dependents along
            simulation.after(simulation.millis(1, 1000), this::next);
            return;
        }
        boolean[] answered = {false};
        cluster.ask(event, outcome -> {
            if (answered[0]) {
                return; // to an earlier copy, or asked again already
            }
            answered[0] = true;
            if (outcome instanceof Outcome.Unavailable || outcome instanceof Outcome.NoLeader) {
                simulation.after(simulation.millis(500, 2000), () -> submit(request, event, name, tries + 1));
            } else {
                note(name, outcome, event.apply(now()));
                simulation.after(simulation.millis(1, 1500), this::next);
            }
        });
        simulation.after(Duration.ofSeconds(20), () -> {
            if (!answered[0]) { // the server died with the question, or the answer got lost
                answered[0] = true;
                submit(request, event, name, tries + 1);
            }
        });
    }

    private void note(JobName name, Outcome outcome, Event.Asked asked) {
        if (outcome instanceof Outcome.Saved saved) {
            acknowledged.put(name, Optional.of(saved.job().definition()));
            uncertain.remove(name);
        } else if (outcome instanceof Outcome.Deleted deleted) {
            acknowledged.put(name, Optional.empty());
            deleted.others().forEach(o -> acknowledged.put(o, Optional.empty()));
        } else if (outcome instanceof Outcome.Restored && asked instanceof Event.Restore restore) {
            acknowledged.put(name, Optional.of(restore.jobs().get(0).definition()));
        } else if (outcome instanceof Outcome.RunStarted run) {
            runs.add(run.job().state().uid() + ":" + run.group());
        } else if (outcome instanceof Outcome.Repeated repeated) {
            repeated.job()
                    .ifPresentOrElse(
                            j -> acknowledged.put(name, Optional.of(j.definition())), () -> uncertain.add(name));
            if (asked instanceof Event.Delete) {
                acknowledged.keySet().forEach(uncertain::add); // what went with it is not repeated
            }
        }
    }

    /** What is stored against what was promised. */
    void check() {
        Set<JobName> ephemeral = new HashSet<>();
        acknowledged.values().forEach(d -> d.filter(JobDefinition::ephemeral).ifPresent(e -> ephemeral.add(e.name())));
        acknowledged.forEach((name, promised) -> {
            Optional<JobDefinition> stored = cluster.stored(name.value()).map(Job::definition);
            boolean kept = stored.equals(promised)
                    || (stored.isEmpty() && ephemeral.contains(name))
                    || uncertain.contains(name);
            if (!kept) {
                cluster.history.violation("acknowledged but not stored: " + promised + " but " + stored);
            }
        });
        Map<String, Boolean> seen = new TreeMap<>();
        for (String name : NAMES) {
            for (Execution e : cluster.executions(name)) {
                if (!e.state().settled()) {
                    cluster.history.violation("never ended: " + e);
                }
                seen.put(e.key().jobUid() + ":" + e.group(), true);
            }
        }
    }
}
