package io.dkron.ejb.raft.log;

/** The disk refused something, so the log has stopped: nothing may be acknowledged any more. Says which file and why. */
public final class LogFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LogFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
