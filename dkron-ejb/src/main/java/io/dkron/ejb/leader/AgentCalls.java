package io.dkron.ejb.leader;

import io.dkron.agent.run.RunAnswer;
import io.dkron.core.cluster.Fence;
import io.dkron.core.engine.Event;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * What a leader asks of members, under its fence. Every method returns at once; answers complete on any thread, within
 * a deadline, never exceptionally. Safe for many threads.
 */
public interface AgentCalls {
    /**
     * Hands orders over, all in one call.
     *
     * @return one entry for each order (protocol P11)
     */
    CompletionStage<List<Event.Handover>> run(Fence fence, String node, List<RunOrder> orders);

    /** Asks which runs the member knows. */
    CompletionStage<Listing> list(Fence fence, String node);

    /** Tells the member to end these runs; completes with why it could not be told, empty when it was. */
    CompletionStage<Optional<String>> cancel(Fence fence, String node, List<RunKey> keys);

    /** The member may forget these runs; losing this does no harm. */
    void acknowledge(String node, List<RunKey> keys);

    /**
     * Asks of which jobs the member keeps outputs beyond their results.
     *
     * @param drop uids of jobs whose outputs it is to delete first
     * @return uids of jobs; empty when it could not be asked, or refused
     */
    CompletionStage<Optional<Set<String>>> keptLogs(Fence fence, String node, Set<String> drop);

    /** What a member answered to an order, as the engine takes it. */
    static Event.Handover handover(RunAnswer answer) {
        Event.Handover.Result result = switch (answer.kind()) {
            case ACCEPTED -> Event.Handover.Result.ACCEPTED;
            case REFUSED -> Event.Handover.Result.REFUSED;
            case OTHER_JOURNAL -> Event.Handover.Result.OTHER_JOURNAL;
        };
        return new Event.Handover(answer.key(), result, answer.detail());
    }

    /**
     * What a member knows.
     *
     * @param failure why it could not be asked; empty when it answered
     * @param ahead the fence that is the reason, where the member has seen a higher one than the asked one
     * @param journals the ids of its journal, the present one first
     */
    record Listing(Optional<String> failure, Optional<Fence> ahead, List<String> journals, List<Event.KnownRun> runs) {
        public Listing {
            Objects.requireNonNull(failure, "failure");
            Objects.requireNonNull(ahead, "ahead");
            journals = List.copyOf(journals);
            runs = List.copyOf(runs);
        }

        /** It could not be asked. */
        public static Listing failed(String why) {
            return new Listing(Optional.of(why), Optional.empty(), List.of(), List.of());
        }

        /** What a node's agent said. */
        public static Listing of(io.dkron.agent.run.Listing told) {
            return told.refusal().isEmpty()
                    ? new Listing(
                            Optional.empty(),
                            Optional.empty(),
                            told.journals(),
                            told.runs().stream()
                                    .map(run -> new Event.KnownRun(run.key(), run.ended()))
                                    .toList())
                    : new Listing(Optional.of(told.refusal()), told.seen(), List.of(), List.of());
        }
    }
}
