package io.dkron.connectors.redis;

import java.util.Objects;

/** Where a server listens. */
record Address(String host, int port) {
    Address {
        Objects.requireNonNull(host, "host");
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
