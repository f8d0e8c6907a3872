package io.dkron.core.notification;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A header of an HTTP request, as {@code Name: value}. Immutable; its text shows no value, which may be a secret.
 *
 * @see "RFC 9110, 5.1 and 5.5"
 */
public record HttpHeader(String name, String value) {
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Set<String> RESERVED =
            Set.of("connection", "content-length", "expect", "transfer-encoding", "upgrade");

    public HttpHeader {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
    }

    /** Split at the first colon, blanks around the value left out; empty if it is no header. */
    public static Optional<HttpHeader> parse(String line) {
        int colon = line.indexOf(':');
        String name = colon < 0 ? "" : line.substring(0, colon).strip();
        String value = line.substring(colon + 1).strip();
        boolean clean = value.chars().allMatch(c -> c >= ' ' && c != 127 || c == '\t');
        return NAME.matcher(name).matches() && clean ? Optional.of(new HttpHeader(name, value)) : Optional.empty();
    }

    /** Whether it belongs to the connection, so that nobody else may set it. */
    public boolean isReserved() {
        return RESERVED.contains(name.toLowerCase(Locale.ROOT));
    }

    public boolean isHost() {
        return name.equalsIgnoreCase("Host");
    }

    @Override
    public String toString() {
        return name + ": ***";
    }
}
