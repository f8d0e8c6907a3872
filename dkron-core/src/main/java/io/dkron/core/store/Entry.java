package io.dkron.core.store;

import java.util.Objects;

/**
 * A stored value.
 *
 * @param value not to be changed by anyone
 * @param version changes with every put of this key, and is never 0
 */
public record Entry(String key, byte[] value, long version) {
    public Entry {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
    }

    @Override
    public String toString() {
        return key + "@" + version + "[" + value.length + "]";
    }
}
