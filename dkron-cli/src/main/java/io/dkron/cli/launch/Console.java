package io.dkron.cli.launch;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.logging.Level;

/**
 * The console of a node: one line an event on standard output, for people or as JSON with the keys {@code time},
 * {@code level}, {@code msg}, {@code node}. Safe from any thread.
 */
final class Console {
    private final PrintStream out;
    private final boolean json;
    private final String node;

    Console(boolean json, String node) {
        // The descriptor itself: Liberty takes System.out over.
        this(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8), json, node);
    }

    Console(PrintStream out, boolean json, String node) {
        this.out = out;
        this.json = json;
        this.node = node;
    }

    /** Prints an event; line breaks in it are escaped. */
    void print(Instant time, Level level, String message) {
        out.println(line(time, level, message));
    }

    void info(String message) {
        print(Instant.now(), Level.INFO, message);
    }

    void error(String message) {
        print(Instant.now(), Level.SEVERE, message);
    }

    String line(Instant time, Level level, String message) {
        String at = time.truncatedTo(ChronoUnit.MILLIS).toString();
        if (json) {
            return "{\"time\":\"" + at + "\",\"level\":\"" + word(level) + "\",\"msg\":\"" + escaped(message, true)
                    + "\",\"node\":\"" + escaped(node, true) + "\"}";
        }
        return at + " " + String.format("%-5s", word(level).toUpperCase(Locale.ROOT)) + " " + escaped(message, false);
    }

    private static String word(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return "error";
        }
        if (level.intValue() >= Level.WARNING.intValue()) {
            return "warn";
        }
        return level.intValue() >= Level.INFO.intValue() ? "info" : "debug";
    }

    private static String escaped(String text, boolean quotes) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                case '"' -> escaped.append(quotes ? "\\\"" : "\"");
                case '\\' -> escaped.append(quotes ? "\\\\" : "\\");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        escaped.append(String.format("\\u%04x", (int) c));
                    } else {
                        escaped.append(c);
                    }
                }
            }
        }
        return escaped.toString();
    }
}
