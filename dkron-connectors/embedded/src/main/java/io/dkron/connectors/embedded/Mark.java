package io.dkron.connectors.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A small file beside the store that says how far the store was, rewritten after each durable commit without being forced
 * itself: it may be behind the store, never ahead. So a store that is behind its mark has lost acknowledged batches. MVStore
 * would open a damaged or cut file at an older state, or empty, without a word.
 */
final class Mark implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Mark.class.getName());

    private final Path file;
    private RandomAccessFile open;
    private boolean failing;

    Mark(Path file) {
        this.file = file;
    }

    /** What the mark says; empty without one. One that cannot be understood counts as none, with a warning. */
    Optional<Position> read() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String[] words =
                Files.readString(file, StandardCharsets.ISO_8859_1).trim().split(" ");
        try {
            Position position = new Position(UUID.fromString(words[0]), Long.parseLong(words[1]));
            if (words.length == 3 && words[2].equals(checksum(position))) {
                return Optional.of(position);
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "store mark unreadable", e);
        }
        LOG.log(System.Logger.Level.WARNING, "store mark ignored file={0} reason=damaged", file);
        return Optional.empty();
    }

    /** Best effort: a mark that cannot be written is left behind, with one warning. */
    void write(Applied applied) {
        Position position = new Position(applied.storeId(), applied.index());
        String line = String.format("%s %019d %s%n", position.storeId, position.index, checksum(position));
        try {
            if (open == null) {
                open = new RandomAccessFile(file.toFile(), "rw"); // a channel would be closed by an interrupt
            }
            open.seek(0);
            open.write(line.getBytes(StandardCharsets.ISO_8859_1));
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                failing = true;
                LOG.log(System.Logger.Level.WARNING, "store mark not written file=" + file, e);
            }
        }
    }

    @Override
    public void close() {
        try {
            if (open != null) {
                open.close();
                open = null;
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "store mark not closed file=" + file, e);
        }
    }

    private static String checksum(Position position) {
        CRC32C crc = new CRC32C();
        crc.update((position.storeId + " " + position.index).getBytes(StandardCharsets.ISO_8859_1));
        return String.format("%08x", crc.getValue());
    }

    /** How far which store was. */
    record Position(UUID storeId, long index) {}
}
