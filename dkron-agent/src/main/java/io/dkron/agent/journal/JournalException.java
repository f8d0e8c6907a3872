package io.dkron.agent.journal;

/** The journal could not be read or written; nothing that was not acknowledged before may be taken as written. */
public final class JournalException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public JournalException(String message, Throwable cause) {
        super(message, cause);
    }

    public JournalException(String message) {
        super(message);
    }
}
