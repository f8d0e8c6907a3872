package io.dkron.agent.report;

import io.dkron.core.execution.RunReport;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The way to the leader of the moment. */
@FunctionalInterface
public interface ReportChannel {
    /**
     * Hands results over; may be the same ones again. Completes within a deadline, never exceptionally.
     *
     * @return why they could not be handed over; empty when they arrived, which does not mean that they are stored
     */
    CompletionStage<Optional<String>> deliver(List<RunReport> reports);
}
