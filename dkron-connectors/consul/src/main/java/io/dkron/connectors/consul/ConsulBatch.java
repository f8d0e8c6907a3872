package io.dkron.connectors.consul;

import io.dkron.core.json.Json;
import io.dkron.core.json.JsonNumber;
import io.dkron.core.store.Batch;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A batch as one transaction of one or two operations a key. Two where a key that may exist is put: Consul leaves the
 * {@code ModifyIndex} of a value that is put again unchanged, so an empty value with other flags is put before it, which
 * nobody ever sees. Two where a version is expected of a key that is deleted: Consul's own {@code delete-cas} succeeds on
 * a key that is gone.
 */
final class ConsulBatch {
    /** What Dkron 1.x writes with every key; from the library that it used. */
    static final long FLAGS = 3304740253564472344L;

    private final List<Object> operations = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();

    /** The expectations come first, in their order, so that the first operation that fails names the first of them. */
    ConsulBatch(Batch batch) {
        batch.expected().forEach((key, version) -> expected(key, version, batch.writes()));
        batch.writes().forEach((key, value) -> {
            if (!batch.expected().containsKey(key)) {
                value.ifPresentOrElse(bytes -> overwrite("set", key, 0, bytes), () -> add("delete", key, Map.of()));
            }
        });
    }

    private void expected(String key, long version, Map<String, Optional<byte[]>> writes) {
        Optional<byte[]> put = writes.getOrDefault(key, Optional.empty());
        boolean delete = writes.containsKey(key) && put.isEmpty();
        if (put.isPresent()) {
            if (version == Batch.ABSENT) {
                add("cas", key, fields(put.get(), FLAGS, version));
            } else {
                overwrite("cas", key, version, put.get());
            }
            return;
        }
        if (version == Batch.ABSENT) {
            add("check-not-exists", key, Map.of()); // a delete of it would change nothing
            return;
        }
        add("check-index", key, Map.of("Index", version));
        if (delete) {
            add("delete", key, Map.of());
        }
    }

    private void overwrite(String verb, String key, long version, byte[] value) {
        add(verb, key, fields(new byte[0], 0, version));
        add("set", key, fields(value, FLAGS, 0));
    }

    private static Map<String, Object> fields(byte[] value, long flags, long index) {
        return Map.of("Value", Base64.getEncoder().encodeToString(value), "Flags", flags, "Index", index);
    }

    private void add(String verb, String key, Map<String, Object> more) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("Verb", verb);
        fields.put("Key", key);
        fields.putAll(more);
        operations.add(Map.of("KV", fields));
        keys.add(key);
    }

    byte[] json() {
        return Json.write(operations);
    }

    /** The key that the operation of that index is on. */
    String key(int index) {
        return keys.get(index);
    }

    /** The version that all puts of an applied transaction got; 0 where it put nothing. */
    static long version(Object results) {
        long newest = 0;
        if (results instanceof List<?> list) {
            for (Object each : list) {
                Object index = Json.object(Json.object(each).get("KV")).get("ModifyIndex");
                newest = Math.max(newest, ((JsonNumber) index).value().longValueExact());
            }
        }
        return newest;
    }
}
