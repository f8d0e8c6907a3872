package io.dkron.connectors.embedded;

import io.dkron.core.store.LocalStore;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * A whole store as a stream of bytes: magic and form, index and hash, then each entry (length of the key, key, version,
 * length of the value, value) in order of keys, a length of 0, the number of entries and a CRC-32C of all before it.
 */
final class StoreImage {
    private static final int MAGIC = 0x444b494d;
    private static final int FORM = 1;
    private static final int BUFFER = 64 << 10;
    private static final int LONGEST = 1 << 30;

    private StoreImage() {}

    static LocalStore.Position write(StoreFile file, OutputStream out) throws IOException {
        CheckedOutputStream checked = new CheckedOutputStream(new BufferedOutputStream(out, BUFFER), new CRC32C());
        DataOutputStream data = new DataOutputStream(new BufferedOutputStream(checked, BUFFER));
        AtomicReference<Applied> moment = new AtomicReference<>();
        long[] count = {0};
        file.visit(
                applied -> {
                    moment.set(applied);
                    data.writeInt(MAGIC);
                    data.writeInt(FORM);
                    data.writeLong(applied.index());
                    data.writeLong(applied.hash());
                },
                (key, value) -> {
                    byte[] name = key.getBytes(StandardCharsets.UTF_8);
                    data.writeInt(name.length);
                    data.write(name);
                    data.writeLong(value.version());
                    data.writeInt(value.bytes().length);
                    data.write(value.bytes());
                    count[0]++;
                });
        data.writeInt(0);
        data.writeLong(count[0]);
        data.flush();
        data.writeLong(checked.getChecksum().getValue());
        data.flush();
        return new LocalStore.Position(moment.get().index(), moment.get().hash());
    }

    /**
     * Makes a file of an image.
     *
     * @param file what is there is deleted first
     * @param storeId of the store that it will be
     * @throws IOException when the image is damaged or cut, or the file cannot be written
     */
    static LocalStore.Position read(InputStream in, Path file, UUID storeId) throws IOException {
        Files.deleteIfExists(file);
        // The checksum counts exactly what was taken from it, so nothing above it reads ahead.
        CheckedInputStream checked = new CheckedInputStream(new BufferedInputStream(in, BUFFER), new CRC32C());
        DataInputStream data = new DataInputStream(checked);
        try (StoreFile.Filling filling = new StoreFile.Filling(file)) {
            if (data.readInt() != MAGIC || data.readInt() != FORM) {
                throw new IOException("image of a store: unknown form");
            }
            LocalStore.Position position = new LocalStore.Position(data.readLong(), data.readLong());
            long count = entries(data, filling);
            long sum = checked.getChecksum().getValue();
            if (count < 0 || data.readLong() != sum) {
                throw new IOException("image of a store: damaged on its way");
            }
            filling.end(new Applied(storeId, position.index(), position.hash()));
            return position;
        } catch (EOFException e) {
            throw new IOException("image of a store: cut short", e);
        } catch (RuntimeException e) { // MVStore's
            throw new IOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** @return how many, -1 when it is not the number at the end */
    private static long entries(DataInputStream data, StoreFile.Filling filling) throws IOException {
        long count = 0;
        for (int length = data.readInt(); length != 0; length = data.readInt()) {
            String key = new String(bytes(data, length), StandardCharsets.UTF_8);
            long version = data.readLong();
            filling.put(key, new StoredValue(version, bytes(data, data.readInt())));
            count++;
        }
        return data.readLong() == count ? count : -1;
    }

    private static byte[] bytes(DataInputStream data, int length) throws IOException {
        if (length < 0 || length > LONGEST) {
            throw new IOException("image of a store: damaged on its way");
        }
        byte[] bytes = data.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }
}
