package io.dkron.connectors.embedded.bolt;

/** A file is no BoltDB file, or a damaged one. */
final class BoltException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BoltException(String message) {
        super(message);
    }
}
