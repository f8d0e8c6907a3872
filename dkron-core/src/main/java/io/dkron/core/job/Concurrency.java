package io.dkron.core.job;

/** Whether a firing may start while an execution of the job is unfinished. */
public enum Concurrency {
    ALLOW("allow"),
    FORBID("forbid"),
    /** Sent as an empty string: kept as such, means {@link #ALLOW}. */
    UNSET("");

    private final String text;

    Concurrency(String text) {
        this.text = text;
    }

    /** The form in JSON. */
    public String text() {
        return text;
    }
}
