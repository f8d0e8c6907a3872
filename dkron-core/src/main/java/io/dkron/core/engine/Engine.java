package io.dkron.core.engine;

import java.util.List;

/**
 * The leader's state machine; made by {@code LeaderEngine}. One thread owns it; it never blocks. Events apply to the
 * state in memory at once, and what they change is collected into batches, one in flight; what they show to anyone is
 * held until the batch that stores it is committed.
 */
public interface Engine {
    /** Handles the event; the effects are to be performed in their order. */
    List<Effect> step(Event event);
}
