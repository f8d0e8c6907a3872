package io.dkron.connectors.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The first two blocks of a file, which are alike: what MVStore knows of the file, and of its newest commit. */
final class StoreHeader {
    static final int BYTES = 2 * FoundChunk.BLOCK;
    /** The chunk that was the newest one when the file was forced: MVStore keeps entries that are not its own. */
    private static final String FORCED = "forced";

    private static final String CHUNK = "chunk";
    private static final String CLEAN = "clean";

    private final ChunkLine line;

    private StoreHeader(ChunkLine line) {
        this.line = line;
    }

    /** The first of the two that is whole; empty when neither is. */
    static Optional<StoreHeader> read(Path file) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            for (int at = 0; at < BYTES; at += FoundChunk.BLOCK) {
                ChunkLine line = ChunkLine.read(open, at, FoundChunk.BLOCK);
                if (!line.isEmpty()) {
                    return Optional.of(new StoreHeader(line));
                }
            }
        }
        return Optional.empty();
    }

    /** The header as it is when that commit is the newest one, and the file was not closed. */
    byte[] pointingTo(FoundChunk chunk) {
        byte[] text = line.without(CLEAN)
                .with(Map.of("block", chunk.block(), CHUNK, (long) chunk.id(), "version", chunk.version()))
                .toBytes();
        byte[] both = new byte[BYTES];
        System.arraycopy(text, 0, both, 0, text.length);
        System.arraycopy(text, 0, both, FoundChunk.BLOCK, text.length);
        return both;
    }

    /** Whether a chunk was forced to the disk for certain, by what is known in this header; one that came later may be, too. */
    boolean isForced(int chunkId) {
        long forced = line.number(FORCED);
        return forced >= 0 && (forced - chunkId & FoundChunk.MAX_ID) < FoundChunk.MAX_ID / 2;
    }

    /** Makes MVStore write this header with the commit that follows, whatever that needs, so it leads to the newest one. */
    static void writeWithNextCommit(Map<String, Object> live) {
        live.put(CLEAN, 1); // it writes a header to take this away
    }

    /** Notes that all chunks until now were forced. */
    static void noteForced(Map<String, Object> live) {
        if (live.get(CHUNK) != null) {
            live.put(FORCED, live.get(CHUNK));
        }
    }

    public String toString() {
        return new String(line.toBytes()).trim();
    }
}
