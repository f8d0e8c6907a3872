package io.dkron.core.engine;

import io.dkron.core.cluster.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether the store went back in time, and who accepted that (protocol P14). */
final class Rollback {
    private Optional<Takeover.Result.RolledBack> found = Optional.empty();
    private final List<Event.AcceptRollback> accepted = new ArrayList<>();

    /** The takeover found that it did. */
    Effect found(Event.RolledBack event) {
        found = Optional.of(event.what());
        return new Effect.Log(System.Logger.Level.ERROR, event.what().reason());
    }

    /** An operator says to go on. */
    Effect accept(Event.AcceptRollback event) {
        if (found.isEmpty()) {
            return new Effect.Answer(event.request().id(), new Outcome.NotRolledBack());
        }
        accepted.add(event); // answered when this node leads
        return new Effect.Reload(
                "rollback of the store accepted, request=" + event.request().id(),
                found.get().seen(),
                true);
    }

    /** This node leads: the store was not, or is no longer, behind. */
    List<Effect> over(Progress now) {
        found = Optional.empty();
        return answered(new Outcome.RollbackAccepted(now.term()));
    }

    /** This node does not lead. */
    List<Effect> givenUp(String reason) {
        List<Effect> answers = new ArrayList<>();
        accepted.forEach(a -> answers.add(new Effect.Answer(
                a.request().id(), new Outcome.Unavailable(a.request().id(), reason))));
        accepted.clear();
        return answers;
    }

    private List<Effect> answered(Outcome outcome) {
        List<Effect> answers = new ArrayList<>();
        accepted.forEach(a -> answers.add(new Effect.Answer(a.request().id(), outcome)));
        accepted.clear();
        return answers;
    }

    /**
     * An agent saw a higher term than this lead's. Whoever raised it did so in the store before he told agents, so a commit
     * of this lead that is accepted after that shows that the store has lost it.
     */
    static void suspect(Lead lead, Event.AgentAhead event) {
        boolean higher = event.seen().clusterId().equals(lead.fence.clusterId())
                && event.seen().term() > lead.fence.term();
        if (higher && !lead.suspect) {
            lead.suspect = true;
            lead.ledger.prove();
            lead.ledger.hold(new Effect.Reload(
                    "node " + event.node() + " has seen term " + event.seen().term()
                            + ", which the store does not know",
                    Progress.of(event.seen()),
                    false));
        }
    }
}
