package io.dkron.connectors.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.time.Duration;

/** Commits until it is killed, and says on its output what was acknowledged: {@code writer round}, a line each. */
final class CrashingWriter {
    static final int WRITERS = 4;
    static final int KEYS = 3;

    private CrashingWriter() {}

    public static void main(String[] arguments) {
        EmbeddedStore store =
                EmbeddedStore.open(Path.of(arguments[0]), Boolean.parseBoolean(arguments[1]), Duration.ofSeconds(10));
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            new Thread(() -> write(store, writer)).start();
        }
    }

    @SuppressWarnings("InfiniteLoopStatement")
    private static void write(EmbeddedStore store, int writer) {
        long round = store.get(key(writer, 0))
                .map(entry -> Long.parseLong(new String(entry.value(), UTF_8).trim()))
                .orElse(0L);
        try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            while (true) {
                round++;
                Batch batch = new Batch();
                for (int k = 0; k < KEYS; k++) {
                    batch.put(key(writer, k), (round + " ".repeat((int) (round * 37 % 900))).getBytes(UTF_8));
                }
                batch.put("history/" + writer + "/" + round % 500, new byte[200]);
                CommitResult result = store.commit(batch);
                if (!(result instanceof CommitResult.Committed)) {
                    throw new IllegalStateException(result.toString());
                }
                out.write((writer + " " + round + "\n").getBytes(UTF_8));
            }
        } catch (Exception e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(3);
        }
    }

    static String key(int writer, int k) {
        return "writer/" + writer + "/" + k;
    }
}
