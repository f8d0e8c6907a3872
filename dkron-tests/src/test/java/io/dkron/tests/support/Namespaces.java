package io.dkron.tests.support;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network of machines on this one: network namespaces, each with one address, joined by a bridge on which this process
 * has an address too. Links between them can be cut, cut one way, made lossy and slow; the way from this process to
 * them stays whole. Needs root, {@code ip}, {@code nft} and {@code tc}. Not thread-safe.
 *
 * <p>What is dropped is dropped where it arrives, without an answer, as on a broken line. Slow links: {@code netem} where
 * the kernel has it, else a narrow pipe whose queue makes packets wait ({@code tbf}).
 */
public final class Namespaces implements AutoCloseable {
    private static final AtomicInteger COUNTER = new AtomicInteger();

    private final String id = "dk" + ProcessHandle.current().pid() + "x" + COUNTER.getAndIncrement();
    private final String bridge = id + "b";
    private final String network;
    private final List<Host> hosts = new ArrayList<>();

    /** One machine: the name of its namespace, and its address, which can change. */
    public final class Host {
        private final String namespace;
        private final String link;
        private String address;

        private Host(String namespace, String link, String address) {
            this.namespace = namespace;
            this.link = link;
            this.address = address;
        }

        public String address() {
            return address;
        }

        /** What to put before a command, so that it runs on that machine. */
        public List<String> prefix() {
            return List.of("nsenter", "--net=/run/netns/" + namespace);
        }

        /** Gives it the address with this last number instead of its own. */
        public void readdress(int last) {
            String other = network + "." + last;
            ip("-n", namespace, "addr", "flush", "dev", "eth0", "scope", "global");
            ip("-n", namespace, "addr", "add", other + "/24", "dev", "eth0");
            ip("-n", namespace, "route", "replace", "default", "via", network + ".254");
            address = other;
        }

        /** From now on it hears nothing from that one: loss one way. */
        public void deafTo(Host other) {
            set("add", "deaf", other.address);
        }

        /** Loses so many of a hundred packets from that one. */
        public void losesFrom(Host other) {
            set("add", "lossy", other.address);
        }

        private void set(String verb, String name, String element) {
            nft(verb + " element inet dkron " + name + " { " + element + " }");
        }

        private void nft(String script) {
            Command.Outcome outcome = Command.feed(script, in("nft", "-f", "-"));
            if (!outcome.ok()) {
                throw new IllegalStateException("nft " + script + ": " + outcome.output());
            }
        }

        /** A command on that machine. */
        public String[] in(String... command) {
            List<String> whole = new ArrayList<>(prefix());
            whole.addAll(List.of(command));
            return whole.toArray(String[]::new);
        }

        /** All it sends is slow: {@code netem} with this delay, or a pipe of 2 Mbit/s with a queue that long. */
        public void slow(int millis) {
            String[] netem = {
                "tc", "qdisc", "replace", "dev", "eth0", "root", "netem", "delay", millis + "ms", millis / 5 + "ms"
            };
            if (!Command.attempt(in(netem)).ok()) {
                Command.run(in(
                        "tc",
                        "qdisc",
                        "replace",
                        "dev",
                        "eth0",
                        "root",
                        "tbf",
                        "rate",
                        "2mbit",
                        "burst",
                        "1600",
                        "latency",
                        4 * millis + "ms"));
            }
        }

        private void heal() {
            nft("flush set inet dkron deaf\nflush set inet dkron lossy\n");
            Command.attempt(in("tc", "qdisc", "del", "dev", "eth0", "root"));
        }
    }

    private Namespaces() {
        network = freeNetwork();
        sweep();
        ip("link", "add", bridge, "type", "bridge");
        ip("link", "set", bridge, "up");
        ip("addr", "add", network + ".254/24", "dev", bridge);
    }

    /** A network without machines yet. */
    public static Namespaces create() {
        return new Namespaces();
    }

    /** Why this machine cannot do it; empty when it can. Tries it. */
    public static Optional<String> impossible() {
        try (Namespaces trial = new Namespaces()) {
            Host a = trial.host(50);
            a.deafTo(trial.host(10));
            a.slow(20);
            trial.heal();
            return Optional.empty();
        } catch (IllegalStateException | java.io.UncheckedIOException e) {
            return Optional.of("no network namespaces here: " + e.getMessage());
        }
    }

    /** Adds a machine; of what it is told to lose, so many of a hundred packets are lost. */
    public Host host(int lossPercent) {
        int number = hosts.size() + 1;
        String namespace = id + "n" + number;
        String link = id + "v" + number;
        ip("netns", "add", namespace);
        Host host = new Host(namespace, link, "");
        hosts.add(host);
        ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", namespace);
        ip("link", "set", link, "master", bridge, "up");
        ip("-n", namespace, "link", "set", "eth0", "up");
        ip("-n", namespace, "link", "set", "lo", "up");
        host.readdress(number);
        host.nft("table inet dkron {\n set deaf { type ipv4_addr; }\n set lossy { type ipv4_addr; }\n"
                + " chain arriving { type filter hook input priority 0; policy accept;\n"
                + "  ip saddr @deaf drop\n  ip saddr @lossy numgen random mod 100 < " + lossPercent
                + " drop\n }\n"
                // Nobody answers for names here: that is said at once, not found out after ten seconds at each start.
                + " chain leaving { type filter hook output priority 0; policy accept;\n"
                + "  udp dport 53 reject\n  tcp dport 53 reject with tcp reset\n }\n}\n");
        return host;
    }

    /** Cuts both ways between each of the one and each of the other. */
    public void cut(List<Host> some, List<Host> others) {
        for (Host a : some) {
            for (Host b : others) {
                a.deafTo(b);
                b.deafTo(a);
            }
        }
    }

    /** All machines but these. */
    public List<Host> others(List<Host> some) {
        return hosts.stream().filter(h -> !some.contains(h)).toList();
    }

    /** Makes all links whole and fast again. */
    public void heal() {
        hosts.forEach(Host::heal);
    }

    private static void ip(String... arguments) {
        List<String> whole = new ArrayList<>(List.of("ip"));
        whole.addAll(List.of(arguments));
        Command.run(whole.toArray(String[]::new));
    }

    /** The first three numbers of a network that nobody here uses. */
    private static String freeNetwork() {
        String used = Command.run("ip", "-4", "addr") + Command.run("ip", "-4", "route");
        for (int i = 0; i < 200; i++) {
            String candidate = "10." + (180 + i / 100) + "." + (100 + i % 100);
            if (!used.contains(candidate + ".")) {
                return candidate;
            }
        }
        throw new IllegalStateException("no free network from 10.180.100.0 on");
    }

    /** Removes what test processes left that were killed. */
    private static void sweep() {
        for (String line : Command.run("ip", "netns", "list").lines().toList()) {
            String name = line.split(" ", 2)[0];
            if (abandoned(name)) {
                Command.attempt("ip", "netns", "del", name);
            }
        }
        for (String line : Command.run("ip", "-o", "link", "show", "type", "bridge")
                .lines()
                .toList()) {
            String name = line.split(":", 3)[1].strip();
            if (abandoned(name)) {
                Command.attempt("ip", "link", "del", name);
            }
        }
    }

    private static boolean abandoned(String name) {
        java.util.regex.Matcher ours =
                java.util.regex.Pattern.compile("dk([0-9]+)x[0-9]+[nb][0-9]*").matcher(name);
        return ours.matches() && ProcessHandle.of(Long.parseLong(ours.group(1))).isEmpty();
    }

    /** Removes all of it; processes that still run there keep running, without a network. */
    @Override
    public void close() {
        for (Host host : hosts) {
            Command.attempt("ip", "link", "del", host.link);
            Command.attempt("ip", "netns", "del", host.namespace);
        }
        Command.attempt("ip", "link", "del", bridge);
    }
}
