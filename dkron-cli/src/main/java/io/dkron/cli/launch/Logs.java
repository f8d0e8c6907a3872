package io.dkron.cli.launch;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Leads our loggers to the console. Everybody else's go the way of Liberty, whose console lines come back through
 * {@link LibertyLines}. The stack of an exception is logged at level debug; above, the chain of its messages.
 */
final class Logs extends Handler {
    /** Held for ever: java.util.logging forgets the level of a logger that nobody holds. */
    private static final Logger OURS = Logger.getLogger("io.dkron");

    private final Console console;
    private final Formatter formatter = new SimpleFormatter();

    private Logs(Console console) {
        this.console = console;
    }

    /** @param level debug, info, warn, error; fatal and panic mean error */
    static void install(Console console, String level) {
        Logger root = Logger.getLogger("");
        for (Handler each : root.getHandlers()) {
            root.removeHandler(each);
        }
        level(level);
        OURS.setUseParentHandlers(false);
        OURS.addHandler(new Logs(console));
    }

    /** @param level as {@link #install} takes it */
    static void level(String level) {
        Level least = switch (level) {
            case "debug" -> Level.FINE;
            case "info" -> Level.INFO;
            case "warn" -> Level.WARNING;
            default -> Level.SEVERE;
        };
        OURS.setLevel(least);
    }

    @Override
    public void publish(LogRecord record) {
        if (isLoggable(record)) {
            console.print(record.getInstant(), record.getLevel(), text(record));
        }
    }

    private String text(LogRecord record) {
        String message = formatter.formatMessage(record);
        Throwable thrown = record.getThrown();
        if (thrown == null) {
            return message;
        }
        return message + (OURS.isLoggable(Level.FINE) ? "\n" + stack(thrown) : chain(thrown));
    }

    private static String chain(Throwable thrown) {
        StringBuilder chain = new StringBuilder();
        int depth = 0;
        for (Throwable each = thrown; each != null && depth < 8; each = each.getCause(), depth++) {
            chain.append(": ").append(each);
        }
        return chain.toString();
    }

    private static String stack(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
