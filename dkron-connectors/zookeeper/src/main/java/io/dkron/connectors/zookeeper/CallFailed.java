package io.dkron.connectors.zookeeper;

/** A call that the server did not carry out, or whose answer never came. */
final class CallFailed extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean answered;

    private CallFailed(boolean answered, String message, Throwable cause) {
        super(message, cause);
        this.answered = answered;
    }

    /** The server did nothing, or was never asked. */
    static CallFailed refused(String error, Throwable cause) {
        return new CallFailed(true, error, cause);
    }

    /** Nobody knows whether the server carried it out. */
    static CallFailed unanswered(String why, Throwable cause) {
        return new CallFailed(false, why, cause);
    }

    boolean isAnswered() {
        return answered;
    }
}
