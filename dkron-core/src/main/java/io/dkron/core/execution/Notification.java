package io.dkron.core.execution;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What became of telling somebody of an execution; immutable.
 *
 * @param delivered the receiver took it; otherwise it was given up
 * @param tries how often it was tried, from 1
 * @param at when the last try ended
 * @param error of the last try, for a person, without secrets; empty when delivered
 */
public record Notification(Channel channel, Moment moment, boolean delivered, int tries, Instant at, String error) {
    /** Most characters of an error that are kept. */
    public static final int LONGEST_ERROR = 300;

    public Notification {
        Objects.requireNonNull(channel, "channel");
        Objects.requireNonNull(moment, "moment");
        Objects.requireNonNull(at, "at");
        error = error.length() <= LONGEST_ERROR ? error : error.substring(0, LONGEST_ERROR - 1) + "…";
    }

    /** Whether this and that are of one message. */
    public boolean sameAs(Notification other) {
        return channel == other.channel && moment == other.moment;
    }

    /** The ways by which people and machines are told. */
    public enum Channel {
        MAIL("mail"),
        WEBHOOK("webhook"),
        PRE_WEBHOOK("pre-webhook"),
        CRONITOR("cronitor");

        private final String text;

        Channel(String text) {
            this.text = text;
        }

        /** The form in JSON. */
        public String text() {
            return text;
        }

        /** The channel with that text. */
        public static Optional<Channel> of(String text) {
            for (Channel each : values()) {
                if (each.text.equals(text)) {
                    return Optional.of(each);
                }
            }
            return Optional.empty();
        }
    }

    /** What a message is about. */
    public enum Moment {
        /** The execution was recorded as running. */
        START("start"),
        /** It has ended and is not repeated. */
        END("end"),
        /** One that was told as lost turned out to have succeeded. */
        LATE("late");

        private final String text;

        Moment(String text) {
            this.text = text;
        }

        /** The form in JSON, and the end of the key by which a receiver knows a repeated message. */
        public String text() {
            return text;
        }

        /** The moment with that text. */
        public static Optional<Moment> of(String text) {
            for (Moment each : values()) {
                if (each.text.equals(text)) {
                    return Optional.of(each);
                }
            }
            return Optional.empty();
        }
    }
}
