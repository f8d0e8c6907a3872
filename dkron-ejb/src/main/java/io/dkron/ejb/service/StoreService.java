package io.dkron.ejb.service;

import io.dkron.core.engine.Event;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Request;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** What operators say about the store. Safe for many threads. */
public final class StoreService {
    private final LeaderRoute leader;

    public StoreService(LeaderRoute leader) {
        this.leader = Objects.requireNonNull(leader, "leader");
    }

    /** See {@link Event.AcceptRollback}; to be asked of the server that says that the store went back. */
    public CompletionStage<Outcome> acceptRollback(Request request) {
        return leader.ask(request, now -> new Event.AcceptRollback(now, request));
    }
}
