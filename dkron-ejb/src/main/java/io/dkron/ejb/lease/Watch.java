package io.dkron.ejb.lease;

import io.dkron.core.cluster.LeaderRecord;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * When the lead that the store names is over, as one server sees it (protocol P3). Nothing but the change of the value
 * counts, on this server's own monotonic clock: what a value says of time was written by another machine's clock. Not
 * thread-safe.
 */
final class Watch {
    /** What other servers say of one that leads. */
    interface Others {
        /** Whether that node is known to be away: it failed, or left. */
        boolean gone(String node);

        /** Whether that node gave up the lead of that term. */
        boolean yielded(String node, long term);
    }

    private final Duration silence;
    private final Predicate<String> mine;
    private final Others others;
    private Optional<LeaderRecord> record = Optional.empty();
    private long since;
    private boolean looked;

    /**
     * @param silence after which a lead that the store shows unchanged is over
     * @param mine whether this node made that nonce
     */
    Watch(Duration silence, Predicate<String> mine, Others others) {
        this.silence = Objects.requireNonNull(silence, "silence");
        this.mine = Objects.requireNonNull(mine, "mine");
        this.others = Objects.requireNonNull(others, "others");
    }

    /** The store showed this value at a moment not after that one. */
    void saw(Optional<LeaderRecord> seen, long nanos) {
        if (!looked || !seen.equals(record)) {
            looked = true;
            record = seen;
            since = nanos;
        }
    }

    /** The store did not answer: what it would have shown may have changed, so the silence begins anew. */
    void blind(long nanos) {
        since = nanos;
    }

    /** The value that was seen last. */
    Optional<LeaderRecord> record() {
        return record;
    }

    /** Whether the value is of a lead of this node. */
    boolean own() {
        return record.filter(r -> mine.test(r.nonce())).isPresent();
    }

    /** Why this node may take the lead; empty while it may not. */
    Optional<String> over(long nanos) {
        if (!looked) {
            return Optional.empty();
        }
        if (record.isEmpty()) {
            return Optional.of("nobody led yet");
        }
        LeaderRecord lead = record.get();
        if (own()) {
            return Optional.of("its own lead");
        }
        if (lead.nonce().equals(LeaderRecord.NOBODY)) {
            return Optional.of("nobody holds the lead");
        }
        if (others.gone(lead.node())) {
            return Optional.of(lead.node() + " is away");
        }
        if (others.yielded(lead.node(), lead.term())) {
            return Optional.of(lead.node() + " gave up the lead");
        }
        return nanos - since >= silence.toNanos()
                ? Optional.of(lead.node() + " was silent for " + silence.toSeconds() + " s")
                : Optional.empty();
    }
}
