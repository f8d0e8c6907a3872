package io.dkron.core.config;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * An address of a machine.
 *
 * @param name of the interface
 * @param prefix bits of its network, 0 to 32 or 128
 * @param up whether the interface is in use
 * @param defaultRoute whether the machine's default route leaves by this interface
 */
public record NetAddress(String name, InetAddress address, int prefix, boolean up, boolean defaultRoute) {
    private static final Pattern ZEROS = Pattern.compile("(?:(?<=^)|:)0(?::0)+(?:(?=$)|:)");
    private static final List<String> PRIVATE =
            List.of("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "fc00::/7");

    public NetAddress {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(address, "address");
    }

    /** The address without a zone; of IPv6 the longest row of zeros is left out. */
    public String text() {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        String plain = zone < 0 ? text : text.substring(0, zone);
        return ZEROS.matcher(plain)
                .results()
                .max(Comparator.comparingInt(zeros -> zeros.end() - zeros.start()))
                .map(zeros -> plain.substring(0, zeros.start()) + "::" + plain.substring(zeros.end()))
                .orElse(plain);
    }

    public boolean isIpv4() {
        return address instanceof Inet4Address;
    }

    /** Whether it is of a private network whose packets routers forward (RFC 6890). */
    public boolean isPrivate() {
        return PRIVATE.stream().anyMatch(this::isIn);
    }

    /** Whether the whole internet could reach it. */
    public boolean isPublic() {
        return !isPrivate()
                && !address.isLoopbackAddress()
                && !address.isLinkLocalAddress()
                && !address.isAnyLocalAddress()
                && !address.isMulticastAddress();
    }

    /**
     * Whether it lies in a network.
     *
     * @param network {@code 10.0.0.0/8}
     * @throws IllegalArgumentException when that is no network
     */
    public boolean isIn(String network) {
        String[] parts = network.split("/", 2);
        byte[] base = literal(parts[0]).getAddress();
        byte[] own = address.getAddress();
        int bits = parts.length == 2 ? Integer.parseInt(parts[1]) : base.length * 8;
        if (base.length != own.length) {
            return false;
        }
        int shift = own.length * 8 - bits;
        return new BigInteger(1, base).shiftRight(shift).equals(new BigInteger(1, own).shiftRight(shift));
    }

    /** Its network, as {@code 10.0.0.0/8}. */
    String network() {
        byte[] own = address.getAddress();
        int shift = own.length * 8 - prefix;
        return text(new BigInteger(1, own).shiftRight(shift).shiftLeft(shift), own.length) + "/" + prefix;
    }

    /** How many addresses its network has. */
    BigInteger size() {
        return BigInteger.ONE.shiftLeft(address.getAddress().length * 8 - prefix);
    }

    /** The address that many places on in the same network. */
    NetAddress plus(long steps, boolean fromNetwork) {
        byte[] own = address.getAddress();
        int shift = own.length * 8 - prefix;
        BigInteger number = new BigInteger(1, own);
        BigInteger base = number.shiftRight(shift).shiftLeft(shift);
        BigInteger moved = (fromNetwork ? base : number).add(BigInteger.valueOf(steps));
        if (moved.compareTo(base) < 0 || moved.compareTo(base.add(size())) >= 0) {
            throw new IllegalArgumentException(text() + " moved by " + steps + " leaves its network");
        }
        return new NetAddress(name, literal(text(moved, own.length)), prefix, up, defaultRoute);
    }

    List<String> flags() {
        List<String> flags = new ArrayList<>();
        if (up) {
            flags.add("up");
        }
        if (address.isLoopbackAddress()) {
            flags.add("loopback");
        }
        if (address.isLinkLocalAddress()) {
            flags.add("link-local unicast");
        }
        if (!address.isLoopbackAddress() && !address.isLinkLocalAddress()) {
            flags.add("forwardable");
            flags.add("global unicast");
        }
        return flags;
    }

    private static String text(BigInteger number, int bytes) {
        byte[] raw = new byte[bytes];
        byte[] digits = number.toByteArray();
        int count = Math.min(digits.length, bytes);
        System.arraycopy(digits, digits.length - count, raw, bytes - count, count);
        try {
            return InetAddress.getByAddress(raw).getHostAddress();
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    /** The address that a text without letters of a name means; looks nothing up. */
    private static InetAddress literal(String text) {
        if (!text.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            throw new IllegalArgumentException("no address: \"" + text + "\"");
        }
        try {
            return InetAddress.getByName(text);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException("no address: \"" + text + "\"", e);
        }
    }
}
