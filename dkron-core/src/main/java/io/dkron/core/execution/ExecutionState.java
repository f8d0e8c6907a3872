package io.dkron.core.execution;

/** Where an execution stands. */
public enum ExecutionState {
    /** Recorded, to be started later: a retry in its pause. */
    WAITING("waiting"),
    /** Recorded and dispatched, or about to be. */
    RUNNING("running"),
    SUCCESS("success"),
    FAILED("failed"),
    CANCELLED("cancelled"),
    /** Its node is out of reach: counts as failed, may still run (protocol P12). */
    LOST("lost");

    private final String text;

    ExecutionState(String text) {
        this.text = text;
    }

    /** The form in JSON. */
    public String text() {
        return text;
    }

    /** Whether a result is recorded. */
    public boolean ended() {
        return this != WAITING && this != RUNNING;
    }
}
