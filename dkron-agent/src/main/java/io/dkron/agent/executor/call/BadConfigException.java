package io.dkron.agent.executor.call;

/** A run's configuration cannot be used; the message is the run's error. */
public final class BadConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    public BadConfigException(String message) {
        super(message);
    }
}
