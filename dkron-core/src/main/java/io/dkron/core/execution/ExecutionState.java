package io.dkron.core.execution;

import java.util.Arrays;
import java.util.Optional;

/** Where an execution stands. */
public enum ExecutionState {
    /** Recorded, to be started later: a retry in its pause. */
    WAITING("waiting"),
    /** Recorded and dispatched, or about to be. */
    RUNNING("running"),
    SUCCESS("success"),
    FAILED("failed"),
    CANCELLED("cancelled"),
    /**
     * Its node is out of reach: counts as failed, may still run, and holds back a job that forbids concurrent runs
     * (protocol P12). What its node reports later takes its place.
     */
    LOST("lost");

    private final String text;

    ExecutionState(String text) {
        this.text = text;
    }

    /** The form in JSON. */
    public String text() {
        return text;
    }

    /** The state of that form in JSON; empty when there is none. */
    public static Optional<ExecutionState> named(String text) {
        return Arrays.stream(values()).filter(state -> state.text.equals(text)).findFirst();
    }

    /** Whether a result is recorded; that of a lost one is not its last word. */
    public boolean ended() {
        return this != WAITING && this != RUNNING;
    }

    /** Whether nothing can change it any more: it has ended, and certainly runs nowhere as far as its node knows. */
    public boolean settled() {
        return ended() && this != LOST;
    }
}
