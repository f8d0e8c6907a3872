package io.dkron.connectors.postgres;

import io.dkron.core.store.StoreException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the servers of one database are.
 *
 * @param hosts names or addresses
 * @param ports of each host
 * @param database the same on all
 */
record Machines(List<String> hosts, List<Integer> ports, String database) {
    private static final int PORT = 5432;
    private static final String DATABASE = "dkron";
    private static final Pattern FORM = Pattern.compile(
            "(?:(?:postgres|postgresql|http|https)://)?(\\[[0-9A-Fa-f:.]+]|[^\\s\\[\\]:/@?]+)(?::(\\d{1,5}))?(?:/([^/?]*))?/?");

    Machines {
        hosts = List.copyOf(hosts);
        ports = List.copyOf(ports);
    }

    /**
     * Reads {@code host:port/database}; a port left out is 5432, a database left out is that of another machine, or
     * {@code dkron}. No machine at all is this one.
     *
     * @throws StoreException when one has another form, or two name different databases
     */
    static Machines parse(List<String> machines) {
        List<Matcher> all = (machines.isEmpty() ? List.of("127.0.0.1") : machines)
                .stream().map(Machines::matched).toList();
        List<String> databases = all.stream()
                .map(m -> m.group(3))
                .filter(name -> name != null && !name.isEmpty())
                .distinct()
                .toList();
        if (databases.size() > 1) {
            throw new StoreException(
                    "backend-machine: all machines are to have one database, not " + String.join(" and ", databases));
        }
        return new Machines(
                all.stream().map(m -> m.group(1)).toList(),
                all.stream().map(Machines::port).toList(),
                databases.isEmpty() ? DATABASE : databases.get(0));
    }

    private static Matcher matched(String machine) {
        Matcher m = FORM.matcher(machine);
        if (!m.matches() || port(m) < 1 || port(m) > 65_535) {
            throw new StoreException("backend-machine: \"" + machine + "\" is not host:port/database");
        }
        return m;
    }

    private static int port(Matcher m) {
        return m.group(2) == null ? PORT : Integer.parseInt(m.group(2));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("postgresql://");
        for (int i = 0; i < hosts.size(); i++) {
            text.append(i == 0 ? "" : ",").append(hosts.get(i)).append(':').append(ports.get(i));
        }
        return text.append('/').append(database).toString();
    }
}
