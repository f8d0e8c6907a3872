package io.dkron.ejb.service;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Makes reads as new as the leader is. Safe for many threads. */
@FunctionalInterface
public interface Consistency {
    /**
     * Waits until this node shows at least what the leader had committed when this was called.
     *
     * @return completes within some seconds, never exceptionally: empty when it does, else why not, for a person
     */
    CompletionStage<Optional<String>> barrier();
}
