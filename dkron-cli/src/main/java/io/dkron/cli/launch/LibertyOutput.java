package io.dkron.cli.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Where the runtime of a node keeps its caches and its own log, under the data directory. The caches compare files by
 * their time, which is the same in every build of ours, so they are dropped when the build is another.
 */
final class LibertyOutput {
    private static final String BUILD = "build.id";

    private LibertyOutput() {}

    /** The folder, fit for this build. */
    static Path prepare(Path data, Path server) throws IOException {
        Path output = data.resolve("liberty");
        Path stamp = output.resolve(BUILD);
        String build = Files.readString(server.resolve(BUILD)) + " " + server + " " + Runtime.version();
        if (!Files.exists(stamp) || !Files.readString(stamp).equals(build)) {
            delete(output);
            Files.createDirectories(output);
            Files.writeString(stamp, build);
        }
        return output;
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
