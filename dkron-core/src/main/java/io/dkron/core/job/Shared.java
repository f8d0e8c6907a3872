package io.dkron.core.job;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Equal parts of jobs as one object, where they meet: thousands of jobs have the same schedule, owner, executor and
 * configuration. Nothing depends on it but how much memory they take.
 *
 * <p>A table of fixed size holds what was seen last, one value in each slot; a newer one takes the slot over. So it needs no
 * tidying up, and long values, which seldom repeat, do not go in. Safe for many threads: what is in it is immutable.
 */
final class Shared {
    private static final int SLOTS = 2_048; // a power of two
    private static final int LONGEST_TEXT = 128;
    private static final int MOST_ENTRIES = 16;
    private static final SortedMap<String, String> NO_TEXTS = Collections.emptySortedMap();

    private static final AtomicReferenceArray<Object> SEEN = new AtomicReferenceArray<>(SLOTS);

    private Shared() {}

    /** An equal text. */
    static String text(String text) {
        return text.length() > LONGEST_TEXT ? text : value(text);
    }

    /** An equal map that nobody can change. */
    static SortedMap<String, String> texts(SortedMap<String, String> texts) {
        if (texts.isEmpty()) {
            return NO_TEXTS;
        }
        SortedMap<String, String> copy = new TreeMap<>();
        boolean small = texts.size() <= MOST_ENTRIES;
        for (Map.Entry<String, String> entry : texts.entrySet()) {
            small &= entry.getKey().length() <= LONGEST_TEXT && entry.getValue().length() <= LONGEST_TEXT;
            copy.put(text(entry.getKey()), text(entry.getValue()));
        }
        SortedMap<String, String> unchanging = Collections.unmodifiableSortedMap(copy);
        return small ? value(unchanging) : unchanging;
    }

    /** An equal value; {@code value} itself is small and immutable. */
    static <T> T value(T value) {
        int hash = Objects.requireNonNull(value, "value").hashCode();
        int slot = (hash ^ hash >>> 16) & (SLOTS - 1);
        Object seen = SEEN.get(slot);
        if (value.equals(seen) && seen.getClass() == value.getClass()) {
            @SuppressWarnings("unchecked") // of the very class
            T equal = (T) seen;
            return equal;
        }
        SEEN.set(slot, value);
        return value;
    }
}
