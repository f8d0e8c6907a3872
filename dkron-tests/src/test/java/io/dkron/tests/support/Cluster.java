package io.dkron.tests.support;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Servers {@code s1}, {@code s2}, … and agents {@code a1}, {@code a2}, … of the distribution, as real processes: each with
 * its own data and address, the standard ports, in a namespace of its own if a network is given, else on loopback. Not
 * thread-safe.
 */
public final class Cluster implements AutoCloseable {
    private final Path base;
    private final Optional<Namespaces> network;
    private final String loopback;
    private final List<String> flags;
    private final List<Node> servers = new ArrayList<>();
    private final List<Node> agents = new ArrayList<>();
    private int addresses;

    private Cluster(Path base, Optional<Namespaces> network, List<String> flags) {
        this.base = base;
        this.network = network;
        this.flags = flags;
        ThreadLocalRandom random = ThreadLocalRandom.current();
        this.loopback = "127." + random.nextInt(70, 250) + "." + random.nextInt(1, 250) + ".";
    }

    /** Nodes that are not started yet; flags are given to each of them. */
    public static Cluster of(Path base, int servers, int agents, Optional<Namespaces> network, String... flags) {
        Cluster cluster = new Cluster(base, network, List.of(flags));
        for (int i = 1; i <= servers; i++) {
            String host = "--tag=host=s" + i;
            List<String> own = servers == 1 ? List.of(host) : List.of(host, "--bootstrap-expect=" + servers);
            cluster.servers.add(cluster.node("s" + i, true, own));
        }
        for (int i = 1; i <= agents; i++) {
            cluster.agents.add(cluster.node(
                    "a" + i,
                    false,
                    List.of("--tag=role=web", "--tag=zone=x", "--tag=kind=" + (i == 1 ? "w.b" : "web"))));
        }
        return cluster;
    }

    private Node node(String name, boolean server, List<String> own) {
        return node(name, name, server, own);
    }

    private Node node(String folder, String name, boolean server, List<String> own) {
        return node(folder, name, server, () -> {
            List<String> all = new ArrayList<>(flags);
            all.addAll(own);
            if (nodes().size() == 1) {
                return all; // nobody to join
            }
            all.add("--retry-join=" + servers.stream().map(Node::address).collect(Collectors.joining(",")));
            all.add("--retry-interval=1s");
            return all;
        });
    }

    private Node node(String folder, String name, boolean server, Supplier<List<String>> all) {
        addresses++;
        return new Node(name, server, base.resolve(folder), network.map(n -> n.host(5)), loopback + addresses, all);
    }

    /** A further server or agent, not counted among the cluster's, with the flags given alone. */
    public Node stranger(String name, boolean server, String... own) {
        return node(name, name, server, () -> List.of(own));
    }

    /** A further server or agent that has the cluster's flags, and joins it; not counted among the cluster's. */
    public Node guest(String name, boolean server, String... own) {
        return node(name, server, List.of(own));
    }

    /** A guest on the data of that folder, under that name. */
    public Node impostor(String folder, String name, boolean server) {
        return node(folder, name, server, List.of());
    }

    /** Starts all, and waits until the cluster is whole. */
    public Cluster start() {
        nodes().forEach(Node::launch);
        awaitWhole();
        return this;
    }

    /** Starts those that do not run, and waits until the cluster is whole. */
    public void restore() {
        nodes().stream().filter(n -> !n.alive()).forEach(Node::launch);
        awaitWhole();
    }

    /** Waits until each node runs and is ready, and each server shows the same leader, and each node as alive. */
    public void awaitWhole() {
        await("the cluster to be whole; consoles in " + base)
                .atMost(Duration.ofSeconds(240))
                .pollInterval(Duration.ofMillis(200))
                .failFast("a node ended by itself", () -> nodes().stream().anyMatch(n -> !n.alive()))
                .untilAsserted(() -> {
                    Optional<String> lacking = lacking();
                    if (lacking.isPresent()) {
                        throw new AssertionError(lacking.get());
                    }
                });
    }

    /** What keeps the cluster from being whole; empty when nothing does. */
    public Optional<String> lacking() {
        Set<String> names = nodes().stream().map(Node::name).collect(Collectors.toCollection(TreeSet::new));
        Set<String> leaders = new TreeSet<>();
        for (Node node : nodes()) {
            if (!node.alive()) {
                return Optional.of(node + " does not run");
            }
            if (!node.ready()) {
                return Optional.of(node + " is not ready");
            }
            if (node.server()) {
                try {
                    Set<String> shown = members(node, "alive");
                    if (!shown.containsAll(names)) {
                        return Optional.of(node + " shows as alive only " + shown);
                    }
                    leaders.add(
                            node.quick().get("/v1/leader").json().path("Name").asText());
                } catch (UncheckedIOException e) {
                    return Optional.of(node + " does not answer: " + e.getMessage());
                }
            }
        }
        return leaders.size() == 1 && names.containsAll(leaders)
                ? Optional.empty()
                : Optional.of("leaders shown: " + leaders);
    }

    /** Names of the members that this server shows in that state. */
    public static Set<String> members(Node server, String state) {
        Set<String> names = new TreeSet<>();
        for (JsonNode member : server.quick().get("/v1/members").json()) {
            if (member.path("statusText").asText().equals(state)) {
                names.add(member.path("Name").asText());
            }
        }
        return names;
    }

    /** The server that says it leads, waited for; of two, that of the higher term. */
    public Node leader() {
        return leaderOf(servers);
    }

    /** The same among some servers only. */
    public Node leaderOf(List<Node> some) {
        List<Node> found = new ArrayList<>();
        await("a leader among " + some)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    found.clear();
                    some.stream()
                            .filter(s -> s.alive() && s.status("/v1/isleader") == 200)
                            .forEach(found::add);
                    return !found.isEmpty();
                });
        return found.stream()
                .max(java.util.Comparator.comparingDouble(
                        s -> s.metric("dkron_term").orElse(0.0)))
                .orElseThrow();
    }

    /** The servers that do not lead. */
    public List<Node> followers() {
        Node leader = leader();
        return servers.stream().filter(s -> s != leader).toList();
    }

    public List<Node> servers() {
        return List.copyOf(servers);
    }

    public List<Node> agents() {
        return List.copyOf(agents);
    }

    public List<Node> nodes() {
        List<Node> all = new ArrayList<>(servers);
        all.addAll(agents);
        return all;
    }

    public Node node(String name) {
        return nodes().stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow();
    }

    public Path base() {
        return base;
    }

    public Optional<Namespaces> network() {
        return network;
    }

    @Override
    public void close() {
        agents.parallelStream().forEach(Node::close);
        servers.parallelStream().forEach(Node::close);
        network.ifPresent(Namespaces::close);
    }
}
