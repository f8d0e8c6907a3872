package io.dkron.core.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What was done for which request (protocol P16). Records lie in the store in buckets, one or two for each commit, under
 * keys that ascend by expiry, so that forgetting costs one delete for a bucket.
 */
final class RequestMemory {
    /** How long a client's own key is kept. */
    static final Duration CLIENT_KEY = Duration.ofHours(24);

    /** How long an id that a server made is kept. */
    static final Duration SERVER_ID = Duration.ofMinutes(30);

    /** Most ids kept of those that servers made; beyond it the oldest go early. A client's key never does. */
    static final int MOST_SERVER_IDS = 20_000;

    private record Bucket(List<RequestRecord> records, Instant expires, boolean clientKeys) {}

    private final Map<String, RequestRecord> byId = new HashMap<>();
    private final TreeMap<String, Bucket> buckets = new TreeMap<>();
    private int serverIds;

    Optional<RequestRecord> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Known from now on, its bucket follows with the commit. */
    void add(RequestRecord done) {
        byId.put(done.id(), done);
    }

    /** The bucket of that key holds these records. */
    void bucket(String key, List<RequestRecord> records) {
        boolean clientKeys = records.stream().anyMatch(RequestRecord::clientKey);
        Instant expires = records.stream()
                .map(RequestRecord::expires)
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
        buckets.put(key, new Bucket(records, expires, clientKeys));
        records.forEach(this::add);
        serverIds += clientKeys ? 0 : records.size();
    }

    /** When the next bucket may go. */
    Optional<Instant> nextExpiry() {
        return buckets.isEmpty()
                ? Optional.empty()
                : Optional.of(buckets.firstEntry().getValue().expires());
    }

    /** Takes out what has expired or is too much, and answers the keys to delete. */
    List<String> forget(Instant now) {
        List<String> keys = new ArrayList<>();
        while (!buckets.isEmpty()) {
            Bucket oldest = buckets.firstEntry().getValue();
            boolean tooMuch = !oldest.clientKeys() && serverIds > MOST_SERVER_IDS;
            if (oldest.expires().isAfter(now) && !tooMuch) {
                break;
            }
            serverIds -= oldest.clientKeys() ? 0 : oldest.records().size();
            keys.add(buckets.pollFirstEntry().getKey());
            oldest.records().forEach(r -> byId.remove(r.id(), r));
        }
        return keys;
    }
}
