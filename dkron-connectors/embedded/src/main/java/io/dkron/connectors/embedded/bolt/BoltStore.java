package io.dkron.connectors.embedded.bolt;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Page;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The jobs and executions of a Dkron 1.x on BoltDB, to be read only. Its keys stand in a bucket that is named like the
 * keyspace; before each value stand 8 bytes, a counter of the library that wrote it. Safe for many threads.
 */
public final class BoltStore implements StoreClient {
    private static final int COUNTER = 8;

    private final Path path;
    private final BoltFile file;

    private BoltStore(Path path, BoltFile file) {
        this.path = path;
        this.file = file;
    }

    /** @throws StoreException when the file cannot be read, is damaged, or has no such keyspace: which and why */
    public static BoltStore open(Path path, String keyspace) {
        try {
            return new BoltStore(path, BoltFile.open(path, keyspace));
        } catch (IOException | BoltException e) {
            throw failed(path, e);
        }
    }

    @Override
    public Optional<Entry> get(String key) {
        List<Entry> found = new ArrayList<>();
        byte[] wanted = bytes(key);
        scan(wanted, (each, value) -> {
            if (BoltPage.compare(each, wanted) == 0) {
                found.add(entry(each, value));
            }
            return false;
        });
        return found.stream().findFirst();
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        byte[] start = bytes(prefix);
        byte[] bound = bytes(after);
        List<Entry> found = new ArrayList<>();
        scan(BoltPage.compare(start, bound) > 0 ? start : bound, (key, value) -> {
            if (BoltPage.compare(key, bound) > 0) {
                if (!startsWith(key, start)) {
                    return false;
                }
                found.add(entry(key, value));
            }
            return found.size() <= limit;
        });
        boolean more = found.size() > limit;
        return new Page(more ? found.subList(0, limit) : found, more);
    }

    @Override
    public CommitResult commit(Batch batch) {
        return new CommitResult.Failed(path + ": a file of Dkron 1.x is read only; copy it by dkron store migrate");
    }

    @Override
    public Health health() {
        return Health.UP;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    private void scan(byte[] from, BoltFile.Visitor visitor) {
        try {
            file.scan(from, visitor);
        } catch (IOException | BoltException e) {
            throw failed(path, e);
        }
    }

    private static Entry entry(byte[] key, byte[] value) {
        if (value.length < COUNTER) {
            throw new BoltException("the value of " + new String(key, StandardCharsets.UTF_8) + " is cut off");
        }
        byte[] own = new byte[value.length - COUNTER];
        System.arraycopy(value, COUNTER, own, 0, own.length);
        return new Entry(new String(key, StandardCharsets.UTF_8), own, 1);
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && java.util.Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static StoreException failed(Path path, Exception cause) {
        String why = cause instanceof java.nio.file.NoSuchFileException ? "does not exist" : cause.getMessage();
        return new StoreException(path + ": " + why, cause);
    }
}
