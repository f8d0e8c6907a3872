package io.dkron.cli.launch;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes what Liberty prints to its console and passes on warnings and errors as events of ours. Banners, audit lines and
 * the inner lines of stack traces stay out: Liberty's own log in the data directory has them.
 */
final class LibertyLines extends OutputStream {
    private static final Pattern FORM = Pattern.compile("\\[(\\w+) *] (.*)");
    /** The codes with which Liberty says that the application did not start. */
    private static final Pattern NOT_STARTED = Pattern.compile("CWWKZ0002E.*|CWWKZ0004E.*|CWWKZ0021E.*");

    private final Console console;
    private final boolean plainToo;
    private final Consumer<String> notStarted;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    private LibertyLines(Console console, boolean plainToo, Consumer<String> notStarted) {
        this.console = console;
        this.plainToo = plainToo;
        this.notStarted = notStarted;
    }

    /** Takes over standard output and standard error; to be called before Liberty does. */
    static void capture(Console console, Consumer<String> notStarted) {
        System.setOut(streamTo(console, notStarted));
        System.setErr(stream(new LibertyLines(console, true, notStarted)));
    }

    /** A stream whose lines are judged as those of Liberty's console. */
    static PrintStream streamTo(Console console, Consumer<String> notStarted) {
        return stream(new LibertyLines(console, false, notStarted));
    }

    private static PrintStream stream(LibertyLines lines) {
        return new PrintStream(lines, true, StandardCharsets.UTF_8);
    }

    @Override
    public synchronized void write(int b) {
        if (b == '\n') {
            pass(line.toString(StandardCharsets.UTF_8).stripTrailing());
            line.reset();
        } else {
            line.write(b);
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            write(bytes[i]);
        }
    }

    private void pass(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            if (plainToo && !text.isBlank() && !Character.isWhitespace(text.charAt(0))) {
                console.print(Instant.now(), Level.WARNING, text);
            }
            return;
        }
        switch (form.group(1)) {
            case "WARNING" -> console.print(Instant.now(), Level.WARNING, form.group(2));
            case "ERROR", "FATAL" -> {
                console.print(Instant.now(), Level.SEVERE, form.group(2));
                if (NOT_STARTED.matcher(form.group(2)).matches()) {
                    notStarted.accept(form.group(2));
                }
            }
            case "err" -> console.print(Instant.now(), Level.WARNING, form.group(2));
            default -> {
                // AUDIT, INFO and what somebody printed to standard output.
            }
        }
    }
}
