package io.dkron.core.store;

import java.util.Objects;

/** How a commit ended. */
public sealed interface CommitResult {
    /**
     * Everything is written, durably.
     *
     * @param version the version that every key put by this batch now has
     */
    record Committed(long version) implements CommitResult {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.committed(this);
        }
    }

    /**
     * Nothing was written: a precondition did not hold.
     *
     * @param key the first key that had another version
     * @param actual its version, {@link Batch#ABSENT} where it does not exist
     */
    record Refused(String key, long actual) implements CommitResult {
        public Refused {
            Objects.requireNonNull(key, "key");
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.refused(this);
        }
    }

    /**
     * The store did not take it, and nothing was written: it is away, full or broken.
     *
     * @param reason what happened and what to do, for a person
     */
    record Failed(String reason) implements CommitResult {
        public Failed {
            Objects.requireNonNull(reason, "reason");
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.failed(this);
        }
    }

    /**
     * The answer was lost: it may be written, now or later. Ask by a fenced commit before going on (protocol P4).
     *
     * @param reason what happened, for a person
     */
    record Unknown(String reason) implements CommitResult {
        public Unknown {
            Objects.requireNonNull(reason, "reason");
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.unknown(this);
        }
    }

    /** One answer for each way to end. */
    interface Cases<R> {
        R committed(Committed c);

        R refused(Refused r);

        R failed(Failed f);

        R unknown(Unknown u);
    }

    <R> R match(Cases<R> cases);
}
