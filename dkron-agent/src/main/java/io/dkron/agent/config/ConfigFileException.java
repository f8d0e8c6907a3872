package io.dkron.agent.config;

/** A configuration file that cannot be used: which, where in it, and why. */
public final class ConfigFileException extends Exception {
    private static final long serialVersionUID = 1L;

    ConfigFileException(String message, Throwable cause) {
        super(message, cause);
    }

    ConfigFileException(String message) {
        super(message);
    }
}
