package io.dkron.ejb.service;

import io.dkron.core.engine.Event;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Request;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The way of a request to the leader, wherever it is. The request's id makes it safe to send it again (protocol P16).
 * Safe for many threads.
 */
@FunctionalInterface
public interface LeaderRoute {
    /**
     * Sends a request.
     *
     * @param event the request as the engine's event, at the engine's time
     * @return completes with the answer, never exceptionally; {@link Outcome.NoLeader} when nobody leads for two seconds
     */
    CompletionStage<Outcome> ask(Request request, Function<Instant, ? extends Event.Asked> event);
}
