package io.dkron.ejb.live;

import java.util.Optional;

/**
 * Where an event stands in a leader's stream; its text form is {@code <term>.<n>}. An id of another term, or one that
 * is no longer kept, cannot be continued.
 *
 * @param term the leader's
 * @param n from 1, without gaps within a term
 */
public record EventId(long term, long n) {
    /** Reads the text form; empty when it is not one. */
    public static Optional<EventId> parse(String text) {
        int dot = text.indexOf('.');
        if (dot < 1 || dot > 18 || text.length() - dot > 19) {
            return Optional.empty();
        }
        try {
            long term = Long.parseLong(text.substring(0, dot));
            long n = Long.parseLong(text.substring(dot + 1));
            return term >= 0 && n >= 0 ? Optional.of(new EventId(term, n)) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty(); // a client's own text: it cannot be continued, that is all
        }
    }

    @Override
    public String toString() {
        return term + "." + n;
    }
}
