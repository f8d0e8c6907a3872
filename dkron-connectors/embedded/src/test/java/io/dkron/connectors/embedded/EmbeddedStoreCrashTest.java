package io.dkron.connectors.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that commits is killed, again and again, on the same data. */
class EmbeddedStoreCrashTest {
    private static final int ROUNDS = Boolean.getBoolean("dkron.tests.long") ? 60 : 6;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void P9afterAKillEveryAcknowledgedBatchIsThereWholeAndTheIndexAgrees(boolean fsync) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            long[] acknowledged = runAndKill(fsync, 50 + random.nextInt(3000));
            check(acknowledged);
        }
    }

    /** Kills the writer after so many acknowledgements; what was on its way to us counts too. */
    private long[] runAndKill(boolean fsync, int commits) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingWriter.class.getName(),
                        folder.resolve("store").toString(),
                        Boolean.toString(fsync))
                .redirectError(folder.resolve("errors").toFile())
                .start();
        long[] acknowledged = new long[CrashingWriter.WRITERS];
        try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            String line;
            int seen = 0;
            while ((line = out.readLine()) != null) {
                String[] words = line.split(" ");
                if (words.length == 2) {
                    acknowledged[Integer.parseInt(words[0])] = Long.parseLong(words[1]);
                }
                if (++seen == commits) {
                    process.toHandle().destroyForcibly(); // Process would close the stream too
                }
            }
            assertThat(seen).as(this::errors).isGreaterThanOrEqualTo(commits);
        } finally {
            process.destroyForcibly().waitFor();
        }
        return acknowledged;
    }

    private String errors() {
        try {
            return "acknowledgements before the writer ended by itself, which said: "
                    + Files.readString(folder.resolve("errors"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void check(long[] acknowledged) {
        try (EmbeddedStore store = EmbeddedStore.open(folder.resolve("store"), true, Duration.ofSeconds(10))) {
            long batches = 0;
            for (int writer = 0; writer < acknowledged.length; writer++) {
                long round = round(store, writer, 0);
                assertThat(round).as("writer %d", writer).isGreaterThanOrEqualTo(acknowledged[writer]);
                for (int k = 1; k < CrashingWriter.KEYS; k++) {
                    assertThat(round(store, writer, k)).isEqualTo(round);
                }
                assertThat(store.get("history/" + writer + "/" + round % 500)).isPresent();
                batches += round;
            }
            assertThat(store.applied()).isEqualTo(batches);
        }
    }

    private static long round(EmbeddedStore store, int writer, int k) {
        return store.get(CrashingWriter.key(writer, k))
                .map(entry -> Long.parseLong(new String(entry.value(), UTF_8).trim()))
                .orElse(0L);
    }
}
