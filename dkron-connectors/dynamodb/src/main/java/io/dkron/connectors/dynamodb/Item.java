package io.dkron.connectors.dynamodb;

import io.dkron.core.store.Batch;
import io.dkron.core.store.Entry;
import io.dkron.core.store.StoreException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * An item as Dkron 1.x has it: {@code id}, {@code version}, {@code encoded_value} in base64, {@code expiration_time} in Unix
 * seconds, past which it counts as absent. A value too large for base64 stands in {@code raw_value} or, where that is
 * smaller, {@code gzip_value}; Dkron 1.x could not have stored it.
 */
final class Item {
    static final String ID = "id";
    static final String VERSION = "version";
    static final String ENCODED = "encoded_value";
    static final String RAW = "raw_value";
    static final String GZIP = "gzip_value";
    static final String EXPIRATION = "expiration_time";

    /** Bytes of one value, whatever they are: DynamoDB takes 400 KiB an item, with its key and the names of attributes. */
    static final int LARGEST_VALUE = 400_000;

    private static final int LARGEST_IN_BASE64 = LARGEST_VALUE / 4 * 3;

    private Item() {}

    static Map<String, AttributeValue> key(String key) {
        return Map.of(ID, AttributeValue.fromS(key));
    }

    static Map<String, AttributeValue> of(String key, byte[] value, long version) {
        Map<String, AttributeValue> item = new LinkedHashMap<>(key(key));
        item.put(VERSION, AttributeValue.fromN(Long.toString(version)));
        if (value.length <= LARGEST_IN_BASE64) {
            item.put(ENCODED, AttributeValue.fromS(Base64.getEncoder().encodeToString(value)));
            return item;
        }
        byte[] packed = pack(value);
        boolean smaller = packed.length < value.length;
        item.put(smaller ? GZIP : RAW, AttributeValue.fromB(SdkBytes.fromByteArrayUnsafe(smaller ? packed : value)));
        return item;
    }

    /** @return empty when there is none, or it has expired */
    static Optional<Entry> read(Map<String, AttributeValue> item, Clock clock) {
        if (version(item, clock) == Batch.ABSENT) {
            return Optional.empty();
        }
        String key = item.get(ID).s();
        return Optional.of(new Entry(key, value(key, item), version(item, clock)));
    }

    /** Its version, {@link Batch#ABSENT} when there is none or it has expired. */
    static long version(Map<String, AttributeValue> item, Clock clock) {
        if (item.isEmpty()) {
            return Batch.ABSENT;
        }
        AttributeValue expiration = item.get(EXPIRATION);
        if (expiration != null && Long.parseLong(expiration.n()) <= seconds(clock)) {
            return Batch.ABSENT;
        }
        AttributeValue version = item.get(VERSION);
        if (version == null || version.n() == null) {
            throw new StoreException(
                    "the item " + item.get(ID).s() + " has no version: it is not Dkron's; remove it from the table");
        }
        return Long.parseLong(version.n());
    }

    static long seconds(Clock clock) {
        return clock.instant().getEpochSecond();
    }

    private static byte[] value(String key, Map<String, AttributeValue> item) {
        if (item.containsKey(RAW)) {
            return item.get(RAW).b().asByteArray();
        }
        if (item.containsKey(GZIP)) {
            return unpack(key, item.get(GZIP).b().asByteArray());
        }
        AttributeValue encoded = item.get(ENCODED);
        if (encoded == null || encoded.s() == null) {
            return new byte[0];
        }
        try {
            return Base64.getDecoder().decode(encoded.s());
        } catch (IllegalArgumentException e) { // whoever wrote it: who reads says what is wrong with the text itself
            return encoded.s().getBytes(StandardCharsets.UTF_8);
        }
    }

    private static byte[] pack(byte[] value) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(value.length);
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory has none
        }
        return packed.toByteArray();
    }

    private static byte[] unpack(String key, byte[] packed) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new StoreException("the item " + key + " is damaged: " + e.getMessage(), e);
        }
    }
}
