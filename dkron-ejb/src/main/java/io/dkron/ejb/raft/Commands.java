package io.dkron.ejb.raft;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Batches and their results as bytes of the log. A batch: form, number of expectations, each with key and version; number of
 * writes, each with key and length + 1 of the value, or 0 for a delete. Numbers are in groups of 7 bits. The same batch is
 * the same bytes everywhere.
 */
final class Commands {
    private static final int FORM = 1;
    private static final int COMMITTED = 0;
    private static final int REFUSED = 1;

    private Commands() {}

    /** @throws IllegalArgumentException when a key is not text that a store takes */
    static byte[] write(Batch batch) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORM);
            number(out, batch.expected().size());
            for (Map.Entry<String, Long> expected : batch.expected().entrySet()) {
                key(out, expected.getKey());
                number(out, expected.getValue());
            }
            number(out, batch.writes().size());
            for (Map.Entry<String, Optional<byte[]>> write : batch.writes().entrySet()) {
                key(out, write.getKey());
                byte[] value = write.getValue().orElse(null);
                number(out, value == null ? 0 : value.length + 1L);
                if (value != null) {
                    out.write(value);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // of memory
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalStateException when these are no batch: the log holds what this version does not know */
    static Batch read(byte[] bytes, int offset, int length) {
        Batch batch = new Batch();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, offset, length))) {
            int form = in.readUnsignedByte();
            if (form != FORM) {
                throw new IOException("form " + form);
            }
            for (long i = number(in); i > 0; i--) {
                String key = text(in);
                batch.expect(key, number(in));
            }
            for (long i = number(in); i > 0; i--) {
                String key = text(in);
                long size = number(in);
                if (size == 0) {
                    batch.delete(key);
                } else {
                    batch.put(key, exactly(in, size - 1));
                }
            }
            return batch;
        } catch (IOException e) {
            throw new IllegalStateException("a log entry that is no batch of this version: " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException for results that are none of an applied batch */
    static byte[] result(CommitResult result) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(16);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            if (result instanceof CommitResult.Committed committed) {
                out.writeByte(COMMITTED);
                number(out, committed.version());
            } else if (result instanceof CommitResult.Refused refused) {
                out.writeByte(REFUSED);
                key(out, refused.key());
                number(out, refused.actual());
            } else {
                throw new IllegalArgumentException("no result of an applied batch: " + result);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // of memory
        }
        return bytes.toByteArray();
    }

    static CommitResult result(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readByte() == COMMITTED) {
                return new CommitResult.Committed(number(in));
            }
            String key = text(in);
            return new CommitResult.Refused(key, number(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // of memory
        }
    }

    private static void key(DataOutputStream out, String key) throws IOException {
        if (key.isEmpty()
                || key.indexOf('\0') >= 0
                || !StandardCharsets.UTF_8.newEncoder().canEncode(key)) {
            throw new IllegalArgumentException("a key is non-empty text without NUL, not \"" + key + "\"");
        }
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        number(out, bytes.length);
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(exactly(in, number(in)), StandardCharsets.UTF_8);
    }

    private static byte[] exactly(DataInputStream in, long length) throws IOException {
        if (length < 0 || length > in.available()) {
            throw new IOException("cut short");
        }
        return in.readNBytes((int) length);
    }

    private static void number(DataOutputStream out, long value) throws IOException {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.writeByte((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    private static long number(DataInputStream in) throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int part = in.readUnsignedByte();
            value |= (long) (part & 0x7f) << shift;
            if ((part & 0x80) == 0) {
                return value;
            }
        }
        throw new IOException("a number without end");
    }
}
