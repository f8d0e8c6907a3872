package io.dkron.connectors.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A commit that lies in a file, by its two ends, which agree: its middle, and what it refers to, may be gone.
 *
 * <p>MVStore looks for its newest commit where its header points, at the end of the file and along a chain from there. After
 * a kill all of that can lead to an old one, and so can a clean end that followed a kill without a commit between them; after
 * a loss of power more so. Whoever looks at the whole file finds it.
 *
 * @param version of MVStore, one more with each commit
 * @param id of the chunk, likewise, but it begins again after {@link #MAX_ID}
 * @param block where it begins, in blocks of the file
 */
record FoundChunk(long version, int id, long block) {
    static final int BLOCK = 4096;
    static final int MAX_ID = (1 << 26) - 1;
    private static final int LONGEST_HEAD = 1024;
    private static final int FOOT = 128;
    private static final int AT_ONCE = 256 * BLOCK;
    private static final byte[] START = "chunk:".getBytes(StandardCharsets.ISO_8859_1);

    /** All of a file, newest first; of two copies of one the nearer to the beginning first. */
    static List<FoundChunk> in(Path file) throws IOException {
        List<FoundChunk> found = new ArrayList<>();
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            byte[] part = new byte[AT_ONCE];
            for (long at = 0; at < open.length(); at += AT_ONCE) {
                int count = ChunkLine.readFully(open, part, at);
                for (int offset = 0; offset + START.length <= count; offset += BLOCK) {
                    if (Arrays.equals(part, offset, offset + START.length, START, 0, START.length)) {
                        whole(open, at + offset).ifPresent(found::add);
                    }
                }
            }
        }
        found.sort(Comparator.comparingLong(FoundChunk::version).reversed().thenComparingLong(FoundChunk::block));
        return found;
    }

    private static Optional<FoundChunk> whole(RandomAccessFile file, long at) throws IOException {
        ChunkLine head = ChunkLine.read(file, at, LONGEST_HEAD);
        long length = head.number("len");
        if (length < 1 || length > (file.length() - at) / BLOCK) {
            return Optional.empty();
        }
        ChunkLine foot = ChunkLine.read(file, at + length * BLOCK - FOOT, FOOT);
        boolean agree = Stream.of("chunk", "len", "version")
                .allMatch(part -> head.number(part) >= 0 && head.number(part) == foot.number(part));
        return agree
                ? Optional.of(new FoundChunk(head.number("version"), (int) head.number("chunk"), at / BLOCK))
                : Optional.empty();
    }

    /** Makes commits of a file such that they are not found any more. */
    static void remove(Path file, List<FoundChunk> chunks) throws IOException {
        if (chunks.isEmpty()) {
            return;
        }
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            for (FoundChunk chunk : chunks) {
                open.seek(chunk.block * BLOCK);
                open.write(new byte[START.length]);
            }
            open.getFD().sync();
        }
    }
}
