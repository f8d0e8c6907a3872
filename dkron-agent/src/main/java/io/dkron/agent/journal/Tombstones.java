package io.dkron.agent.journal;

import io.dkron.core.execution.RunKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keys of runs that are over, so that a late order does not run them again: for 24 hours, the newest 200,000 at most
 * (some 20 MB). What falls out earlier is still refused by the order's own deadline. Not thread-safe.
 */
final class Tombstones {
    static final Duration KEPT = Duration.ofHours(24);
    static final int MOST = 200_000;

    /** 128 bits of the key's SHA-256: two keys that meet would need 2^64 runs. */
    record Print(long high, long low) {
        static Print of(RunKey key) {
            try {
                MessageDigest sha = MessageDigest.getInstance("SHA-256");
                for (String part : new String[] {key.jobUid(), key.cause(), key.node()}) {
                    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                    sha.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
                    sha.update(bytes);
                }
                ByteBuffer digest = ByteBuffer.wrap(
                        sha.digest(ByteBuffer.allocate(4).putInt(key.attempt()).array()));
                return new Print(digest.getLong(), digest.getLong());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e); // every Java platform has SHA-256
            }
        }
    }

    private final Map<Print, Long> since = new LinkedHashMap<>();

    void add(Print print, Instant at) {
        since.remove(print);
        since.put(print, at.toEpochMilli());
        if (since.size() > MOST) {
            since.remove(since.keySet().iterator().next());
        }
    }

    boolean contains(RunKey key) {
        return since.containsKey(Print.of(key));
    }

    void expire(Instant now) {
        long oldest = now.minus(KEPT).toEpochMilli();
        Iterator<Long> times = since.values().iterator();
        while (times.hasNext() && times.next() < oldest) {
            times.remove();
        }
    }

    Map<Print, Long> all() {
        return since;
    }
}
