package io.dkron.core.engine;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunKey;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.core.time.GoDuration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What becomes of executions whose node is out of reach (protocol P12). After a while they are lost: that counts as failed,
 * but they may still run, so a job that forbids concurrent runs waits on, until the node answers, or an operator removes
 * it, or the job's own {@code lost_after} has passed. A change of members costs only what stands on the members changed.
 */
final class Absence {
    private record Bound(JobName job, ExecutionId id, RunKey key) {}

    private final Lead lead;
    private final Map<String, Map<RunKey, Bound>> byNode = new HashMap<>();
    private final Map<String, Instant> away = new HashMap<>();

    Absence(Lead lead) {
        this.lead = lead;
    }

    /** This execution runs on its node, or may. */
    void bind(Execution execution) {
        byNode.computeIfAbsent(execution.node(), n -> new LinkedHashMap<>())
                .put(execution.key(), new Bound(execution.job(), execution.id(), execution.key()));
    }

    /** It does no longer. */
    void unbind(Execution execution) {
        Map<RunKey, Bound> bound = byNode.get(execution.node());
        if (bound != null) {
            bound.remove(execution.key());
            if (bound.isEmpty()) {
                byNode.remove(execution.node());
            }
        }
    }

    private List<Execution> of(String node) {
        List<Execution> all = new ArrayList<>();
        for (Bound bound : byNode.getOrDefault(node, Map.of()).values()) {
            lead.find(bound.job())
                    .flatMap(e -> e.find(bound.id()))
                    .filter(e -> e.key().equals(bound.key()) && !e.state().settled())
                    .ifPresent(all::add);
        }
        all.sort(Comparator.comparing(Execution::job).thenComparing(Execution::id));
        return all;
    }

    /** An execution of an earlier lead: its node may be away, or it is lost already. */
    void recover(Execution execution, Instant now) {
        if (lead.alive(execution.node()).isEmpty()) {
            watch(execution.node(), now);
        }
        expire(execution);
    }

    /** These members came, went, or have another journal: those that went are watched, the others asked. */
    void changed(Set<String> nodes, Instant now) {
        for (String node : nodes) {
            if (lead.alive(node).isEmpty()) {
                if (byNode.containsKey(node)) {
                    watch(node, now);
                }
                continue;
            }
            away.remove(node);
            for (Execution execution : of(node)) {
                if (!lead.delivery.isOpen(execution.key()) && journalReplaced(execution)) {
                    lead.find(execution.job()).ifPresent(entry -> lead.delivery.doubt(entry, execution, now));
                }
            }
            lead.delivery.askAgain(node);
        }
    }

    /** Whether the node was started again since this was recorded, or lost its journal: what it ran may be forgotten. */
    boolean journalReplaced(Execution execution) {
        return lead.alive(execution.node())
                .filter(m -> !m.journalId().equals(execution.journal()))
                .isPresent();
    }

    /** A node that stays away for long loses its executions. */
    private void watch(String node, Instant now) {
        if (away.putIfAbsent(node, now) != null) {
            return;
        }
        lead.timers.at(now.plus(lead.settings.lostAfter()), later -> {
            if (now.equals(away.get(node))) { // that very absence
                of(node).forEach(e -> {
                    lose(e, later);
                    lead.ledger.cut();
                });
            }
        });
    }

    /** Nothing was heard of it for too long: it is lost, unless it is already, or its result is just being stored. */
    void lose(Execution execution, Instant now) {
        if (execution.state() != ExecutionState.RUNNING || lead.results.processing(execution.key())) {
            return;
        }
        String reason = "node " + execution.node() + " is out of reach, it may still run";
        lead.warn(
                "execution lost job=" + execution.job() + " execution=" + execution.id() + " node=" + execution.node());
        lead.delivery.finish(execution, ExecutionState.LOST, reason, false, now);
        lead.find(execution.job())
                .ifPresent(entry -> entry.find(execution.id()).ifPresent(lost -> {
                    lead.delivery.doubt(entry, lost, now);
                    expire(lost);
                }));
    }

    /** Has a lost execution hold back nothing any more once its job's {@code lost_after} has passed. */
    void expire(Execution execution) {
        expiry(execution)
                .ifPresent(at -> lead.timers.at(
                        at,
                        now -> lead.find(execution.job())
                                .flatMap(entry -> entry.find(execution.id()))
                                .filter(e -> e.key().equals(execution.key()))
                                .ifPresent(lost -> {
                                    if (expiry(lost)
                                            .filter(e -> !now.isBefore(e))
                                            .isPresent()) {
                                        release(
                                                lost,
                                                "outcome unknown: node " + lost.node() + " did not come back in time",
                                                now);
                                    }
                                })));
    }

    private Optional<Instant> expiry(Execution execution) {
        return lead.find(execution.job())
                .filter(e -> execution.state() == ExecutionState.LOST)
                .map(e -> e.definition().lostAfter())
                .filter(text -> !text.isEmpty())
                .flatMap(GoDuration::parse)
                .flatMap(after -> execution.finishedAt().map(lost -> lost.plus(after)));
    }

    /** The node will never answer: what it ran has failed, and nothing waits for it. */
    void removed(String node, Instant now) {
        if (lead.alive(node).isPresent()) {
            return;
        }
        of(node).stream().filter(e -> !lead.results.processing(e.key())).forEach(e -> {
            release(e, "outcome unknown: node " + node + " was removed", now);
            lead.ledger.cut();
        });
        away.remove(node);
    }

    private void release(Execution execution, String reason, Instant now) {
        lead.delivery.finish(execution, ExecutionState.FAILED, reason, false, now);
    }
}
