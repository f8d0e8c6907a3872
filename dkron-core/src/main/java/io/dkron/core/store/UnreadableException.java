package io.dkron.core.store;

/** A value that the store gave is not what its key says. Reading it again does not help. */
public final class UnreadableException extends StoreException {
    private static final long serialVersionUID = 1L;

    public UnreadableException(String message, Throwable cause) {
        super(message, cause);
    }
}
