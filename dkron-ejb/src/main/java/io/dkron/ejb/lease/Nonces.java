package io.dkron.ejb.lease;

import io.dkron.agent.disk.DurableText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The marks that this node puts on its leads, kept over restarts: so it knows a lead of its own again, also one whose
 * commit was never answered, and need not wait for it to be over. Safe for many threads.
 */
public final class Nonces {
    private static final int KEPT = 16;

    private final Path file;
    private final Supplier<String> random;
    private final Deque<String> newest; // guarded by this

    private Nonces(Path file, Supplier<String> random, List<String> kept) {
        this.file = file;
        this.random = random;
        this.newest = new ArrayDeque<>(kept);
    }

    /**
     * @param file need not exist; its directory must
     * @param random texts without line ends, never the same twice
     */
    public static Nonces open(Path file, Supplier<String> random) throws IOException {
        Objects.requireNonNull(random, "random");
        return new Nonces(file, random, Files.exists(file) ? Files.readAllLines(file) : List.of());
    }

    /**
     * A new one, on the disk before it is used.
     *
     * @throws UncheckedIOException when it cannot be kept
     */
    public synchronized String next() {
        String nonce = random.get();
        List<String> kept = new ArrayList<>(newest);
        kept.add(nonce);
        if (kept.size() > KEPT) {
            kept.remove(0);
        }
        try {
            DurableText.replace(file, String.join("\n", kept) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
        newest.clear();
        newest.addAll(kept);
        return nonce;
    }

    /** Whether this node made it. */
    public synchronized boolean mine(String nonce) {
        return newest.contains(nonce);
    }
}
