package io.dkron.core.store;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Objects;

/**
 * Where a machine of a store listens.
 *
 * @param host a name or an address; of IPv6 without brackets
 * @param tls whether to speak TLS with it
 */
public record MachineAddress(String host, int port, boolean tls) {
    public MachineAddress {
        Objects.requireNonNull(host, "host");
        if (host.isEmpty() || port < 1 || port > 65535) {
            throw new IllegalArgumentException("no address: \"" + host + "\", port " + port);
        }
    }

    /**
     * The machines of a request: {@code host}, {@code host:port}, {@code [::1]:port}, each with or without {@code
     * http://} or {@code https://} before it. Without a scheme the request's TLS setting counts.
     *
     * @param defaultPort of an address without one, and of loopback, which is asked where the request names no machine
     * @throws StoreException naming an address that is none, or one that contradicts the request's TLS setting
     */
    public static List<MachineAddress> of(StoreRequest request, int defaultPort) {
        return request.machines().isEmpty()
                ? List.of(new MachineAddress(
                        "127.0.0.1", defaultPort, request.tls().on()))
                : request.machines().stream()
                        .map(text -> parse(text.strip(), defaultPort, request))
                        .toList();
    }

    private static MachineAddress parse(String text, int defaultPort, StoreRequest request) {
        String scheme = text.contains("://") ? "" : request.tls().on() ? "https://" : "http://";
        try {
            URI uri = new URI(scheme + text);
            boolean tls = "https".equalsIgnoreCase(uri.getScheme());
            boolean plain = "http".equalsIgnoreCase(uri.getScheme());
            boolean bare = (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
                    && uri.getRawQuery() == null
                    && uri.getRawUserInfo() == null;
            if (uri.getHost() == null || !bare || !(tls || plain) || uri.getPort() == 0 || uri.getPort() > 65535) {
                throw wrong(text, request, "is no address; give HOST:PORT, or http:// or https:// before it");
            }
            if (plain && request.tls().on()) {
                throw wrong(text, request, "says http, but backend-tls is on; leave one of them out");
            }
            String host = uri.getHost().replaceAll("^\\[|]$", "");
            return new MachineAddress(host, uri.getPort() < 0 ? defaultPort : uri.getPort(), tls);
        } catch (URISyntaxException e) {
            throw wrong(text, request, "is no address; give HOST:PORT, or http:// or https:// before it");
        }
    }

    private static StoreException wrong(String text, StoreRequest request, String why) {
        return new StoreException("backend-machine of " + request.backend() + ": \"" + text + "\" " + why);
    }

    /** {@code host:port}, with brackets around IPv6. */
    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
