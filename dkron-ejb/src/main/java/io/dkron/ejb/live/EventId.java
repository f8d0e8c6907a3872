package io.dkron.ejb.live;

import java.util.Optional;

/**
 * Where an event stands among all; its text form is {@code <term>.<n>}. It follows from the commit that the event is of,
 * so it is the same on every server, and who has seen an event can go on at another (protocol P25). An id of another
 * term, or one that is no longer kept, cannot be continued.
 *
 * @param term the leader's
 * @param n grows within a term, with gaps: the number of the commit times {@link #PER_COMMIT}, and the place in it
 */
public record EventId(long term, long n) {
    /** More than the events of one commit. */
    public static final long PER_COMMIT = 1_000_000;

    /**
     * The event at that place of a commit.
     *
     * @param sequence number of the commit in its term
     * @param place from 1; 0 stands for what was before its first event
     */
    public static EventId of(long term, long sequence, long place) {
        return new EventId(term, Math.addExact(Math.multiplyExact(sequence, PER_COMMIT), place));
    }

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
