package io.dkron.ejb.raft.protocol;

/** Refused: this member does not lead, or takes nothing at the moment. Nothing was written. */
public final class NotLeaderException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    NotLeaderException(String message) {
        super(message);
    }
}
