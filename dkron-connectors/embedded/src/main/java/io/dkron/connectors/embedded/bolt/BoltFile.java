package io.dkron.connectors.embedded.bolt;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * One bucket of a BoltDB file, read page by page, never written. The newest state that was written whole is the one that
 * is seen; a program that writes the file meanwhile may overwrite it, so none may. Safe for many threads.
 */
final class BoltFile implements AutoCloseable {
    private static final int MAGIC = 0xED0CDAED;
    private static final int VERSION = 2;
    private static final int META_HASHED = 56;
    private static final int META = META_HASHED + Long.BYTES;
    private static final int SMALLEST_PAGE = 1 << 10;
    private static final int LARGEST_PAGE = 1 << 16;
    private static final int MOST_OVERFLOW = 1 << 30;
    private static final int DEEPEST = 64;

    private final FileChannel channel;
    private final int pageSize;
    private final Root root;

    /** Told of each element of a bucket in the order of keys; answers whether it wants more. */
    @FunctionalInterface
    interface Visitor {
        boolean visit(byte[] key, byte[] value);
    }

    /** The newest state of the file. */
    private record Meta(int pageSize, long rootPage, long transaction) {}

    /** Where a bucket begins: a page of the file, or one that stands in its parent's element. */
    private record Root(long page, Optional<BoltPage> inline) {}

    private BoltFile(FileChannel channel, Meta meta, String bucket) throws IOException {
        this.channel = channel;
        this.pageSize = meta.pageSize();
        this.root = bucket(meta.rootPage(), bucket);
    }

    /**
     * @throws BoltException when it is none, is damaged, or has no such bucket
     * @throws IOException when it cannot be read
     */
    static BoltFile open(Path file, String bucket) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new BoltFile(channel, newest(channel), bucket);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Visits all elements whose key is at least {@code from}; buckets within the bucket are left out. */
    void scan(byte[] from, Visitor visitor) throws IOException {
        BoltPage first = root.inline().isPresent() ? root.inline().get() : page(root.page());
        scan(first, from, visitor, 0);
    }

    private boolean scan(BoltPage page, byte[] from, Visitor visitor, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new BoltException("its pages go round in a circle");
        }
        for (int i = 0; i < page.count(); i++) {
            boolean goesOn = true;
            if (page.leaf()) {
                byte[] key = page.key(i);
                goesOn = page.bucket(i) || BoltPage.compare(key, from) < 0 || visitor.visit(key, page.value(i));
            } else if (i + 1 == page.count() || BoltPage.compare(page.key(i + 1), from) > 0) {
                goesOn = scan(page(page.child(i)), from, visitor, depth + 1); // a child begins with its element's key
            }
            if (!goesOn) {
                return false;
            }
        }
        return true;
    }

    private Root bucket(long top, String name) throws IOException {
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        BoltPage page = page(top);
        for (int depth = 0; !page.leaf(); depth++) {
            if (depth > DEEPEST) {
                throw new BoltException("its pages go round in a circle");
            }
            int child = 0;
            while (child + 1 < page.count() && BoltPage.compare(page.key(child + 1), wanted) <= 0) {
                child++;
            }
            page = page(page.child(child));
        }
        for (int i = 0; i < page.count(); i++) {
            if (page.bucket(i) && BoltPage.compare(page.key(i), wanted) == 0) {
                return root(page.value(i));
            }
        }
        throw new BoltException("has no bucket " + name + ": is that its keyspace?");
    }

    /** A bucket's value: its first page, or 0 and then that page itself; between them a sequence. */
    private static Root root(byte[] value) {
        ByteBuffer bytes = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.limit() < BoltPage.HEADER) {
            throw new BoltException("a bucket is cut off");
        }
        long page = bytes.getLong(0);
        if (page != 0) {
            return new Root(page, Optional.empty());
        }
        if (bytes.limit() < 2 * BoltPage.HEADER) {
            throw new BoltException("a bucket is cut off");
        }
        return new Root(0, Optional.of(new BoltPage(bytes.position(BoltPage.HEADER))));
    }

    private BoltPage page(long id) throws IOException {
        int further = BoltPage.overflow(read(channel, id * pageSize, BoltPage.HEADER));
        long size = (1 + Integer.toUnsignedLong(further)) * pageSize;
        if (id < 2 || size > MOST_OVERFLOW) {
            throw new BoltException("page " + id + " makes no sense");
        }
        ByteBuffer bytes = read(channel, id * pageSize, (int) size).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getLong(0) != id) {
            throw new BoltException("page " + id + " is another one");
        }
        return new BoltPage(bytes);
    }

    /** The first two pages hold a state each, the older one and the newer one, which may be half written. */
    private static Meta newest(FileChannel channel) throws IOException {
        Optional<Meta> newest = meta(channel, 0);
        if (newest.isPresent()) {
            return newer(newest.get(), meta(channel, newest.get().pageSize()));
        }
        for (int size = SMALLEST_PAGE; size <= LARGEST_PAGE; size *= 2) {
            Optional<Meta> second = meta(channel, size);
            if (second.isPresent() && second.get().pageSize() == size) {
                return second.get();
            }
        }
        throw new BoltException("is no BoltDB file, or a damaged one");
    }

    private static Meta newer(Meta one, Optional<Meta> other) {
        return other.filter(o -> o.transaction() > one.transaction()).orElse(one);
    }

    private static Optional<Meta> meta(FileChannel channel, long at) throws IOException {
        if (at + BoltPage.HEADER + META > channel.size()) {
            return Optional.empty();
        }
        ByteBuffer bytes = read(channel, at + BoltPage.HEADER, META).order(ByteOrder.LITTLE_ENDIAN);
        int size = bytes.getInt(8);
        boolean whole = bytes.getInt(0) == MAGIC
                && bytes.getInt(4) == VERSION
                && bytes.getLong(META_HASHED) == fnv1a(bytes, META_HASHED)
                && size >= SMALLEST_PAGE
                && size <= LARGEST_PAGE;
        return whole ? Optional.of(new Meta(size, bytes.getLong(16), bytes.getLong(48))) : Optional.empty();
    }

    private static long fnv1a(ByteBuffer bytes, int length) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < length; i++) {
            hash = (hash ^ (bytes.get(i) & 0xFF)) * 0x100000001b3L;
        }
        return hash;
    }

    private static ByteBuffer read(FileChannel channel, long at, int length) throws IOException {
        if (at < 0 || at + length > channel.size()) {
            throw new BoltException("is cut off: byte " + at + " is beyond its end");
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, at + bytes.position()) < 0) {
                throw new EOFException("ended while it was read");
            }
        }
        return bytes.flip();
    }
}
