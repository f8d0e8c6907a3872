package io.dkron.connectors.zookeeper;

import io.dkron.core.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The setting {@code backend-machine}: {@code [scheme://]host[:port]}, several by comma or one each; schemes are
 * {@code zk}, {@code http} and {@code https}, which asks for TLS.
 *
 * @param addresses at least one, each with its port
 */
record Machines(List<String> addresses, boolean tls) {
    private static final String PORT = "2181";
    private static final Pattern FORM = Pattern.compile(
            "(?:(?<scheme>zk|zookeeper|https?)://)?(?<host>\\[[0-9A-Fa-f:.%]+]|[^\\s:/#@\\[\\]]+)(?::(?<port>\\d{1,5}))?/?");

    Machines {
        addresses = List.copyOf(addresses);
    }

    /** @throws StoreException when one has another form: which, and the form wanted */
    static Machines of(List<String> settings) {
        List<String> addresses = new ArrayList<>();
        boolean tls = false;
        for (String machine : String.join(",", settings).split(",")) {
            if (machine.isBlank()) {
                continue;
            }
            Matcher parts = FORM.matcher(machine.strip());
            if (!parts.matches()) {
                throw new StoreException("backend-machine: \"" + machine + "\" is not [zk://]host[:port]");
            }
            tls |= "https".equals(parts.group("scheme"));
            addresses.add(parts.group("host") + ":" + (parts.group("port") == null ? PORT : parts.group("port")));
        }
        return new Machines(addresses.isEmpty() ? List.of("127.0.0.1:" + PORT) : addresses, tls);
    }

    @Override
    public String toString() {
        return String.join(",", addresses);
    }
}
