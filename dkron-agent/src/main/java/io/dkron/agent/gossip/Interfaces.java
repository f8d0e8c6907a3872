package io.dkron.agent.gossip;

import io.dkron.core.config.NetAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The addresses of this machine, for address templates. */
public final class Interfaces {
    private static final Path IPV4_ROUTES = Path.of("/proc/net/route");
    private static final Path IPV6_ROUTES = Path.of("/proc/net/ipv6_route");
    private static final String NO_NETWORK = "0".repeat(32);

    private Interfaces() {}

    /**
     * Reads them now. Which interface has the default route is known on Linux only; elsewhere none has.
     *
     * @throws UncheckedIOException when the system does not tell
     */
    public static List<NetAddress> ofThisMachine() {
        Set<String> routes = defaultRoutes();
        List<NetAddress> all = new ArrayList<>();
        try {
            for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                boolean up = each.isUp();
                for (InterfaceAddress address : each.getInterfaceAddresses()) {
                    all.add(new NetAddress(
                            each.getName(),
                            address.getAddress(),
                            address.getNetworkPrefixLength(),
                            up,
                            routes.contains(each.getName())));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("this machine's network interfaces cannot be read", e);
        }
        return List.copyOf(all);
    }

    private static Set<String> defaultRoutes() {
        Set<String> names = new HashSet<>();
        for (String line : lines(IPV4_ROUTES)) {
            String[] words = line.trim().split("\\s+");
            if (words.length > 7 && words[1].equals("00000000") && words[7].equals("00000000")) {
                names.add(words[0]);
            }
        }
        for (String line : lines(IPV6_ROUTES)) {
            String[] words = line.trim().split("\\s+");
            boolean anywhere = words.length > 9 && words[0].equals(NO_NETWORK) && words[1].equals("00");
            if (anywhere && !words[4].equals(NO_NETWORK)) {
                names.add(words[9]);
            }
        }
        return names;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            return List.of(); // without the routes the order of addresses decides
        }
    }
}
