package io.dkron.core.job;

/** After which ends of a group notifications go out. */
public enum NotifyOn {
    ALWAYS("always"),
    FAILURE("failure"),
    CHANGE("change");

    private final String text;

    NotifyOn(String text) {
        this.text = text;
    }

    /** The form in JSON. */
    public String text() {
        return text;
    }
}
