package io.dkron.core.store;

import java.util.Objects;

/**
 * A value with the version its key has.
 *
 * @param version as in {@link Entry}
 */
public record Stored<T>(T value, long version) {
    public Stored {
        Objects.requireNonNull(value, "value");
    }
}
