package io.dkron.connectors.embedded;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.WriteBuffer;

/**
 * CRC32C after the keys, and after the values, of each page. MVStore itself checks only a page's header, so that a flipped
 * bit in a key would hide an entry in silence.
 */
final class PageChecksum {
    private PageChecksum() {}

    /** Appends the checksum of what was written from {@code start} on. */
    static void append(WriteBuffer buff, int start) {
        ByteBuffer written = buff.getBuffer().duplicate();
        written.flip().position(start);
        buff.putInt(of(written));
    }

    /** Reads the checksum that follows and holds it against the bytes from {@code start} to here. */
    static void check(ByteBuffer buff, int start) {
        ByteBuffer read = buff.duplicate();
        read.flip().position(start);
        if (buff.getInt() != of(read)) {
            throw corrupt(null);
        }
    }

    static RuntimeException corrupt(Throwable cause) {
        return DataUtils.newMVStoreException(DataUtils.ERROR_FILE_CORRUPT, "checksum of a page is wrong", cause);
    }

    private static int of(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
