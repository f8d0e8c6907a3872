package io.dkron.connectors.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.RangeRequest;
import java.util.Arrays;

/**
 * Keys from one to before another, ordered by their bytes.
 *
 * @param from the first key that may be in it
 * @param end the first one behind it; the byte 0 for no end
 */
record KeyRange(ByteString from, ByteString end) {
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    /** The keys that start with the prefix and come after {@code after}. */
    static KeyRange of(String prefix, String after) {
        ByteString first = ByteString.copyFromUtf8(prefix);
        ByteString behind = ByteString.copyFromUtf8(after);
        boolean within = ByteString.unsignedLexicographicalComparator().compare(behind, first) >= 0 && !after.isEmpty();
        return new KeyRange(within ? behind.concat(ZERO) : first.isEmpty() ? ZERO : first, endOf(first));
    }

    KeyRange after(ByteString key) {
        return new KeyRange(key.concat(ZERO), end);
    }

    /** @param limit most keys to answer */
    RangeRequest request(int limit) {
        return RangeRequest.newBuilder()
                .setKey(from)
                .setRangeEnd(end)
                .setLimit(limit)
                .build();
    }

    /** The next text of the prefix's length: UTF-8 has no byte 255, so the last one can always be raised. */
    private static ByteString endOf(ByteString prefix) {
        if (prefix.isEmpty()) {
            return ZERO;
        }
        byte[] bytes = prefix.toByteArray();
        byte[] end = Arrays.copyOf(bytes, bytes.length);
        end[end.length - 1]++;
        return ByteString.copyFrom(end);
    }
}
