package io.dkron.core.execution;

/** Why an execution exists. */
public enum Trigger {
    SCHEDULE("schedule"),
    MANUAL("manual"),
    DEPENDENT("dependent"),
    RETRY("retry"),
    CREATE("create");

    private final String text;

    Trigger(String text) {
        this.text = text;
    }

    /** The form in JSON. */
    public String text() {
        return text;
    }
}
