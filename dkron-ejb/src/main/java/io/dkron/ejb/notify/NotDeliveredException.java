package io.dkron.ejb.notify;

/** A message was not delivered; the text says why and holds no secret. */
final class NotDeliveredException extends Exception {
    private static final long serialVersionUID = 1L;

    NotDeliveredException(String reason) {
        super(reason);
    }

    NotDeliveredException(String reason, Throwable cause) {
        super(reason, cause);
    }

    /** Why, for a person. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
