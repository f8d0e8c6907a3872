package io.dkron.agent.processor;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * An output as messages for syslog: one a line, empty lines left out. A line longer than {@link #LONGEST} bytes goes on in
 * the next message, and after so many messages one says that the rest is missing: a program that prints too much must not
 * fill the log of a machine. Control characters are shown as {@code \x1b}: they could forge entries, or act on a
 * terminal. For one thread.
 */
final class SyslogLines {
    /** Most bytes of an output in one message; with its header it fits the 2,048 that receivers should take (RFC 5424). */
    static final int LONGEST = 1_024;

    private final InputStream in;
    private final int most;
    private final byte[] line = new byte[LONGEST];
    private int length;
    private int sent;

    /** @param most messages, at least 1, before the one that says that there is more */
    SyslogLines(InputStream output, int most) {
        this.in = new BufferedInputStream(output, 1 << 16);
        this.most = most;
    }

    /** The next message; empty after the last. */
    Optional<String> next() throws IOException {
        if (sent > most) {
            return Optional.empty();
        }
        Optional<String> text = read();
        if (text.isEmpty()) {
            return text;
        }
        return sent++ < most ? text : Optional.of("dkron: output cut after " + most + " messages");
    }

    private Optional<String> read() throws IOException {
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                Optional<String> text = take(length);
                if (text.isPresent()) {
                    return text;
                }
            } else {
                line[length++] = (byte) b;
                if (length == LONGEST) {
                    Optional<String> text = take(Characters.whole(line, length));
                    if (text.isPresent()) {
                        return text;
                    }
                }
            }
        }
        return take(length);
    }

    /** Takes the first bytes of the line, keeps the rest; empty when there is nothing to show. */
    private Optional<String> take(int bytes) {
        String text = new String(line, 0, bytes, StandardCharsets.UTF_8);
        System.arraycopy(line, bytes, line, 0, length - bytes);
        length -= bytes;
        String shown = visible(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
        return shown.isBlank() ? Optional.empty() : Optional.of(shown);
    }

    private static String visible(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) && c != '\t' || c == '\u2028' || c == '\u2029') {
                shown.append(String.format(c < 0x100 ? "\\x%02x" : "\\u%04x", (int) c));
            } else {
                shown.append(c);
            }
        }
        return shown.toString();
    }

    /** What is printable ASCII without blanks, as syslog wants names; a dash when nothing is left. */
    static String name(String text, int most) {
        String name = text.replaceAll("[^\\x21-\\x7e]", "_");
        return name.isEmpty() ? "-" : name.substring(0, Math.min(most, name.length()));
    }
}
