package io.dkron.cli.apply;

import java.util.Objects;
import java.util.Optional;

/**
 * What is to become of one job.
 *
 * @param name of the job
 * @param kind what is done
 * @param wanted as the files have it; empty when it is to be deleted
 * @param stored as it is; empty when there is none
 * @param etag the revision that was compared; empty when there is none
 */
public record Change(
        String name, Kind kind, Optional<Checked> wanted, Optional<Definition> stored, Optional<String> etag) {
    /** What is done, in the words that are printed. */
    public enum Kind {
        CREATE("created"),
        UPDATE("updated"),
        KEEP("unchanged"),
        DELETE("deleted");

        private final String done;

        Kind(String done) {
            this.done = done;
        }

        /** {@code created}. */
        public String done() {
            return done;
        }
    }

    public Change {
        Objects.requireNonNull(kind, "kind");
    }

    static Change save(Checked wanted, Optional<Definition> stored, Optional<String> etag) {
        Kind kind = stored.map(now -> now.equals(wanted.definition()) ? Kind.KEEP : Kind.UPDATE)
                .orElse(Kind.CREATE);
        return new Change(wanted.source().name(), kind, Optional.of(wanted), stored, etag);
    }

    static Change delete(String name, Definition stored, Optional<String> etag) {
        return new Change(name, Kind.DELETE, Optional.empty(), Optional.of(stored), etag);
    }
}
