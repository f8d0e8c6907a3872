package io.dkron.agent.executor.http;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Hosts that are asked without a proxy, as {@code NO_PROXY} lists them: {@code *}, {@code example.org} (and what is below
 * it), {@code .example.org} (only what is below it), addresses and their ranges ({@code 10.0.0.0/8}), each but a range
 * with a port if it likes. This machine's own names and addresses always belong to them. Immutable.
 */
record NoProxy(List<String> items) {
    private static final Pattern LITERAL = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    NoProxy {
        items = List.copyOf(items);
    }

    static NoProxy parse(String text) {
        List<String> items = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String item = part.strip().toLowerCase(Locale.ROOT);
            if (!item.isEmpty()) {
                items.add(item);
            }
        }
        return new NoProxy(items);
    }

    boolean includes(URI target) {
        String host = plain(target.getHost().toLowerCase(Locale.ROOT));
        int port = target.getPort() >= 0 ? target.getPort() : target.getScheme().equals("https") ? 443 : 80;
        Optional<InetAddress> address = address(host);
        return host.equals("localhost")
                || address.filter(InetAddress::isLoopbackAddress).isPresent()
                || items.stream().anyMatch(item -> matches(item, host, port, address));
    }

    private static boolean matches(String item, String host, int port, Optional<InetAddress> address) {
        if (item.equals("*")) {
            return true;
        }
        int slash = item.indexOf('/');
        if (slash >= 0) {
            return address.filter(a -> inRange(a, item.substring(0, slash), item.substring(slash + 1)))
                    .isPresent();
        }
        String name = item;
        int colon = item.lastIndexOf(':');
        boolean portGiven = colon >= 0 && (item.indexOf(':') == colon || item.charAt(colon - 1) == ']');
        if (portGiven) {
            if (!item.substring(colon + 1).equals(Integer.toString(port))) {
                return false;
            }
            name = item.substring(0, colon);
        }
        name = plain(name);
        Optional<InetAddress> itself = address(name);
        if (itself.isPresent()) {
            return itself.equals(address);
        }
        if (name.startsWith("*.")) {
            name = name.substring(1);
        }
        return name.startsWith(".") ? host.endsWith(name) : host.equals(name) || host.endsWith("." + name);
    }

    private static boolean inRange(InetAddress address, String network, String bits) {
        Optional<InetAddress> start = address(plain(network));
        if (start.isEmpty() || !bits.matches("\\d{1,3}")) {
            return false;
        }
        byte[] one = address.getAddress();
        byte[] other = start.get().getAddress();
        int length = Integer.parseInt(bits);
        if (one.length != other.length || length > one.length * 8) {
            return false;
        }
        for (int bit = 0; bit < length; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((one[bit / 8] & mask) != (other[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    private static String plain(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /** The address that a host is by itself, without asking anybody. */
    private static Optional<InetAddress> address(String host) {
        if (!LITERAL.matcher(host).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(host));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
