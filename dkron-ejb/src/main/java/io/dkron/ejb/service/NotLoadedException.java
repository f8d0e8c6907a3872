package io.dkron.ejb.service;

/** The jobs were not read from the store yet: the server starts, or the store is away since then. Try again later. */
public final class NotLoadedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotLoadedException() {
        super("the jobs are not read from the store yet");
    }
}
