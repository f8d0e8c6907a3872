package io.dkron.core.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and a port.
 *
 * @param host name or address without brackets; empty for "not said"
 * @param port 0 to 65535; 0 = any free one
 */
public record HostPort(String host, int port) {
    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9a-fA-F:.%\\w]+)]|([^\\[\\]:\\s/]*))(?::(\\d{1,5}))?");

    public HostPort {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port must be 0 to 65535, not " + port);
        }
    }

    /** Reads {@code host:port}, {@code host}, {@code :port}, {@code [IPv6]:port}; empty if the text is none of these. */
    public static Optional<HostPort> parse(String text, int defaultPort) {
        Matcher form = FORM.matcher(text.trim());
        if (text.isBlank() || !form.matches()) {
            return Optional.empty();
        }
        int port = form.group(3) == null ? defaultPort : Integer.parseInt(form.group(3));
        String host = form.group(1) == null ? form.group(2) : form.group(1);
        return port > 65535 ? Optional.empty() : Optional.of(new HostPort(host, port));
    }

    /** Whether nobody but this machine reaches this host: {@code localhost}, 127.0.0.0/8 or ::1. */
    public boolean isLoopback() {
        return host.equalsIgnoreCase("localhost")
                || host.matches("127(\\.\\d{1,3}){3}")
                || host.equals("::1")
                || host.equals("0:0:0:0:0:0:0:1");
    }

    /** Whether it means every interface: nothing, {@code *}, 0.0.0.0 or ::. */
    public boolean isWildcard() {
        return host.isEmpty() || host.equals("*") || host.equals("0.0.0.0") || host.equals("::");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
