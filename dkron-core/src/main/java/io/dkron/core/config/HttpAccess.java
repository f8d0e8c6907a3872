package io.dkron.core.config;

import java.util.List;

/** Who may reach the API of a server. */
public enum HttpAccess {
    /** No host was given and nothing protects the API: 127.0.0.1 and, where it exists, ::1. */
    LOOPBACK,
    /** Everybody whom the address lets in, without credentials: somebody typed {@code insecure}. */
    INSECURE;

    /** Where to listen for an address under this access: one host or, for loopback without a host, two. */
    public List<String> hosts(HostPort address) {
        if (!address.host().isEmpty()) {
            return List.of(address.host());
        }
        return this == LOOPBACK ? List.of("127.0.0.1", "::1") : List.of("*");
    }
}
