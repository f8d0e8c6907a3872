package io.dkron.core.job;

/** A job's status as it follows from its newest group of executions. */
public enum JobStatus {
    /** Never ran. */
    NONE(""),
    RUNNING("running"),
    SUCCESS("success"),
    FAILED("failed"),
    PARTIALLY_FAILED("partially_failed"),
    CANCELLED("cancelled");

    private final String text;

    JobStatus(String text) {
        this.text = text;
    }

    /** The form in JSON. */
    public String text() {
        return text;
    }
}
