package io.dkron.core.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Puts and deletes with preconditions, all or nothing. One key is written once: a later write replaces an earlier one
 * (protocol P5). Not thread-safe while it is built; a store does not keep or change it.
 */
public final class Batch {
    /** The version in a precondition that means: the key does not exist. */
    public static final long ABSENT = 0;

    private final Map<String, Long> expected = new LinkedHashMap<>();
    private final Map<String, Optional<byte[]>> writes = new LinkedHashMap<>();

    /**
     * The batch applies only if the key has this version ({@link #ABSENT}: does not exist). The first expectation of a
     * key stays: within one batch later writes build on earlier ones.
     */
    public Batch expect(String key, long version) {
        expected.putIfAbsent(Objects.requireNonNull(key), version);
        return this;
    }

    public Batch put(String key, byte[] value) {
        writes.put(Objects.requireNonNull(key), Optional.of(value));
        return this;
    }

    /** Deletes a key; one that does not exist is no error. */
    public Batch delete(String key) {
        writes.put(Objects.requireNonNull(key), Optional.empty());
        return this;
    }

    /** Keys to the version each must have. */
    public Map<String, Long> expected() {
        return java.util.Collections.unmodifiableMap(expected);
    }

    /** Keys to the new value, or empty for a delete, in the order of the first write of each. */
    public Map<String, Optional<byte[]>> writes() {
        return java.util.Collections.unmodifiableMap(writes);
    }

    public boolean isEmpty() {
        return writes.isEmpty() && expected.isEmpty();
    }

    @Override
    public String toString() {
        return "Batch[expect=" + expected + ", writes=" + writes.keySet() + "]";
    }
}
