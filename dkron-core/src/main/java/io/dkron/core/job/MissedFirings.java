package io.dkron.core.job;

import java.time.Instant;
import java.util.Objects;

/**
 * Consecutive firings of one job that did not run, for one reason.
 *
 * @param reason why
 * @param count how many, at least 1
 * @param first the oldest due instant of them
 * @param last the newest
 */
public record MissedFirings(Reason reason, long count, Instant first, Instant last) {
    /** Why a firing did not run. */
    public enum Reason {
        /** No server ran. */
        DOWN("down"),
        /** Servers ran, none led. */
        NO_LEADER("no-leader"),
        /** The store did not take the record. */
        STORE("store"),
        /** Late beyond the grace for another reason, or the job's policy says not to make it up. */
        MISFIRE("misfire"),
        /** The store went back in time: whether they ran is not known. */
        ROLLBACK("rollback"),
        /** The job forbids concurrent runs and one was unfinished. */
        FORBID("forbid");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /** The form in JSON. */
        public String text() {
            return text;
        }
    }

    public MissedFirings {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(last, "last");
        if (count < 1 || last.isBefore(first)) {
            throw new IllegalArgumentException("missed firings: count " + count + ", " + first + " to " + last);
        }
    }
}
