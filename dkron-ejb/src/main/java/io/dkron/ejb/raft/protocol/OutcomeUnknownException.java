package io.dkron.ejb.raft.protocol;

/** The entry was written, but the lead was lost before it was known to be committed: it may yet be applied, or never. */
public final class OutcomeUnknownException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    OutcomeUnknownException(String message) {
        super(message);
    }
}
