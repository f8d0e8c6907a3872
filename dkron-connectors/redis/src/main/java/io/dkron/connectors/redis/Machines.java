package io.dkron.connectors.redis;

import io.dkron.core.store.StoreException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The setting {@code backend-machine}: {@code [scheme://]host[:port][/database][#master]}, several by comma or one each.
 * Schemes are {@code redis}, {@code rediss} (TLS), {@code redis-sentinel}, {@code rediss-sentinel}, {@code http},
 * {@code https} (TLS); they say how to connect, not what is there: that is asked.
 *
 * @param addresses at least one
 * @param master the name under which Sentinel knows the master; empty where it knows one only
 * @param database number of the database, 0 in a cluster
 * @param tls whether a scheme asks for TLS
 */
record Machines(List<Address> addresses, String master, int database, boolean tls) {
    private static final int PORT = 6379;
    private static final int SENTINEL_PORT = 26379;
    private static final Pattern FORM = Pattern.compile(
            "(?:(?<scheme>rediss?|rediss?-sentinel|https?)://)?(?<host>\\[[0-9A-Fa-f:.%]+]|[^\\s:/#@\\[\\]]+)"
                    + "(?::(?<port>\\d{1,5}))?(?:/(?<database>\\d{0,5}))?(?:#(?<master>\\S+))?");

    Machines {
        addresses = List.copyOf(addresses);
    }

    /** @throws StoreException when one has another form: which, and the form wanted */
    static Machines of(List<String> settings) {
        List<Address> addresses = new ArrayList<>();
        Set<String> masters = new LinkedHashSet<>();
        int database = 0;
        boolean tls = false;
        int port = PORT;
        for (String machine : split(settings)) {
            Matcher parts = FORM.matcher(machine);
            if (!parts.matches()) {
                throw wrong(machine);
            }
            String scheme = orEmpty(parts.group("scheme"));
            tls |= scheme.startsWith("rediss") || scheme.equals("https");
            port = scheme.isEmpty() ? port : scheme.endsWith("-sentinel") ? SENTINEL_PORT : PORT;
            addresses.add(address(machine, parts, port));
            if (!orEmpty(parts.group("database")).isEmpty()) {
                database = Integer.parseInt(parts.group("database"));
            }
            if (parts.group("master") != null) {
                masters.add(parts.group("master"));
            }
        }
        if (masters.size() > 1) {
            throw new StoreException("backend-machine: names several masters, " + masters + "; keep one");
        }
        return new Machines(addresses, String.join("", masters), database, tls);
    }

    private static List<String> split(List<String> settings) {
        List<String> machines = settings.stream()
                .flatMap(setting -> List.of(setting.split(",")).stream())
                .map(String::strip)
                .filter(machine -> !machine.isEmpty())
                .toList();
        return machines.isEmpty() ? List.of("127.0.0.1:" + PORT) : machines;
    }

    private static Address address(String machine, Matcher parts, int defaultPort) {
        String host = parts.group("host");
        int port = parts.group("port") == null ? defaultPort : Integer.parseInt(parts.group("port"));
        if (port < 1 || port > 65535) {
            throw wrong(machine);
        }
        return new Address(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port);
    }

    private static StoreException wrong(String machine) {
        if (machine.indexOf('@') >= 0) { // what stands before it may be a password
            return new StoreException("backend-machine: one holds a user or a password; "
                    + "give these by backend-username and backend-password");
        }
        return new StoreException("backend-machine: \"" + machine
                + "\" is not [redis://|rediss://|redis-sentinel://]host[:port][/database][#master]");
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }

    @Override
    public String toString() {
        return String.join(",", addresses.stream().map(Address::toString).toList());
    }
}
