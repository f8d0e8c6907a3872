package io.dkron.core.engine;

import java.util.Objects;

/**
 * Who asks, so that asking twice is safe (protocol P16).
 *
 * @param id the client's {@code Idempotency-Key}, or a random one of the first server; unique among all requests
 * @param clientKey whether the client gave it: then it is remembered for 24 hours, else for 30 minutes: ten
 *     in which it may be repeated, and as many again for a leader whose clock is ahead of the one before
 */
public record Request(String id, boolean clientKey) {
    public Request {
        Objects.requireNonNull(id, "id");
        if (id.isEmpty()) {
            throw new IllegalArgumentException("empty request id");
        }
    }
}
