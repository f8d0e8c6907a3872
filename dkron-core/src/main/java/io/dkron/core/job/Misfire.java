package io.dkron.core.job;

/** What becomes of firings that were missed within the grace. */
public enum Misfire {
    SKIP("skip"),
    ONCE("once"),
    ALL("all");

    private final String text;

    Misfire(String text) {
        this.text = text;
    }

    /** The form in JSON. */
    public String text() {
        return text;
    }
}
