package io.dkron.tests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a JVM holds.
 *
 * @param heap bytes of objects that are in use, after a full collection; without arrays of int, which are mostly gaps
 * @param descriptors files and sockets that are open
 * @param threads of it
 */
public record Vitals(long heap, int descriptors, int threads) {
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

    /** Arrays of int: with them the serial collector fills gaps that it leaves, some megabytes at one time and none at another. */
    private static final Pattern FILLERS = Pattern.compile("(?m)^\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+\\[I ");

    /** Looks at a process of this machine, and has it collect its garbage. */
    public static Vitals of(long pid) {
        return new Vitals(heap(pid), descriptors(pid), threads(pid));
    }

    private static long heap(long pid) {
        String histogram = run(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid),
                "GC.class_histogram");
        return bytes(TOTAL, histogram) - bytes(FILLERS, histogram);
    }

    private static long bytes(Pattern row, String histogram) {
        Matcher found = row.matcher(histogram);
        if (!found.find()) {
            throw new AssertionError("no row " + row + " in what jcmd says: " + histogram);
        }
        return Long.parseLong(found.group(1));
    }

    private static int descriptors(long pid) {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return (int) open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int threads(long pid) {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return (int) tasks.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + said);
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
