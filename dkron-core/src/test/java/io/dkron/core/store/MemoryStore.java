package io.dkron.core.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** A store in memory whose commits can be made to fail in every way that the SPI knows. Safe for use by many threads. */
public final class MemoryStore implements Store {
    /** How a commit goes. */
    public enum Fate {
        /** It applies and says so. */
        NORMAL,
        /** It does not apply and says so. */
        FAILED,
        /** It applies, but the answer is lost. */
        LOST_APPLIED,
        /** It does not apply, and the answer is lost. */
        LOST_DROPPED
    }

    private record Value(byte[] bytes, long version) {}

    private final TreeMap<String, Value> values = new TreeMap<>(MemoryStore::byCodePoint);
    private Supplier<Fate> fates = () -> Fate.NORMAL;
    private final Limits limits;
    private boolean up = true;
    private long version;

    /** Without limits. */
    public MemoryStore() {
        this(Limits.NONE);
    }

    /** With limits, which no batch may exceed: one that does is a fault of its composer, and throws. */
    public MemoryStore(Limits limits) {
        this.limits = Objects.requireNonNull(limits);
    }

    @Override
    public Limits limits() {
        return limits;
    }

    /** Asks this for the fate of every commit from now on. */
    public synchronized void fates(Supplier<Fate> chosen) {
        fates = Objects.requireNonNull(chosen);
    }

    /** Lets every call fail from now on, or work again. */
    public synchronized void up(boolean works) {
        up = works;
    }

    /** How many batches have applied. */
    public synchronized long commits() {
        return version;
    }

    @Override
    public synchronized Optional<Entry> get(String key) {
        checkUp();
        return Optional.ofNullable(values.get(key)).map(v -> new Entry(key, v.bytes, v.version));
    }

    @Override
    public synchronized Page list(String prefix, String after, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        checkUp();
        List<Entry> entries = new ArrayList<>();
        String from = after.compareTo(prefix) > 0 ? after : prefix;
        for (Map.Entry<String, Value> e : values.tailMap(from, true).entrySet()) {
            if (!e.getKey().startsWith(prefix)) {
                break;
            }
            if (e.getKey().equals(after)) {
                continue;
            }
            if (entries.size() == limit) {
                return new Page(entries, true);
            }
            entries.add(new Entry(e.getKey(), e.getValue().bytes, e.getValue().version));
        }
        return new Page(entries, false);
    }

    private void check(Batch batch) {
        Set<String> keys = new HashSet<>(batch.expected().keySet());
        keys.addAll(batch.writes().keySet());
        long bytes = 0;
        for (String key : keys) {
            int value = batch.writes()
                    .getOrDefault(key, Optional.empty())
                    .map(v -> v.length)
                    .orElse(0);
            if (value > limits.value()) {
                throw new IllegalArgumentException(key + " has " + value + " bytes, more than " + limits);
            }
            bytes += value + key.getBytes(StandardCharsets.UTF_8).length;
        }
        if (keys.size() > limits.operations() || bytes > limits.bytes()) {
            throw new IllegalArgumentException(
                    keys.size() + " keys and " + bytes + " bytes are more than " + limits + ": " + batch);
        }
    }

    @Override
    public synchronized CommitResult commit(Batch batch) {
        if (!limits.equals(Limits.NONE)) {
            check(batch);
        }
        if (!up) {
            return new CommitResult.Failed("memory store: switched off by the test");
        }
        for (Map.Entry<String, Long> e : batch.expected().entrySet()) {
            Value value = values.get(e.getKey());
            long actual = value == null ? Batch.ABSENT : value.version;
            if (actual != e.getValue()) {
                return new CommitResult.Refused(e.getKey(), actual);
            }
        }
        Fate fate = fates.get();
        if (fate == Fate.NORMAL || fate == Fate.LOST_APPLIED) {
            apply(batch);
        }
        if (fate == Fate.FAILED) {
            return new CommitResult.Failed("memory store: failed by the test");
        }
        return fate == Fate.NORMAL
                ? new CommitResult.Committed(version)
                : new CommitResult.Unknown("memory store: answer lost by the test");
    }

    private void apply(Batch batch) {
        version++;
        batch.writes().forEach((key, value) -> {
            if (value.isPresent()) {
                values.put(key, new Value(value.get(), version));
            } else {
                values.remove(key);
            }
        });
    }

    @Override
    public synchronized Health health() {
        return up ? Health.UP : Health.down("memory store: switched off by the test");
    }

    /** The order of UTF-8 bytes, which is that of code points; of chars only surrogates stand elsewhere. */
    private static int byCodePoint(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                int surrogates = Boolean.compare(Character.isSurrogate(x), Character.isSurrogate(y));
                return surrogates != 0 ? surrogates : Character.compare(x, y);
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    private void checkUp() {
        if (!up) {
            throw new StoreException("memory store: switched off by the test");
        }
    }
}
