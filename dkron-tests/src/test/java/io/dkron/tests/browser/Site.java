package io.dkron.tests.browser;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Cluster;
import io.dkron.tests.support.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * The cluster of a shop, for all tests that leave it as they found it: three servers, the agents {@code web-1} with
 * {@code role=web} and {@code db-1} with {@code role=db}, and the jobs of a {@link Shop} with what they did in the last
 * weeks. Started on first use, stopped with the test process. Its pages are opened on a server that does not lead.
 */
final class Site {
    static final String AGENT = "web-1";
    private static Site site;

    private final Cluster first;
    private final List<Node> others = new ArrayList<>();

    private Site(Path base) {
        first = Cluster.of(base, 1, 0, Optional.empty());
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop-the-site"));
        Node begins = first.node("s1");
        try (Past past = new Past(begins.data())) {
            new Shop(Instant.now()).write(past);
        }
        first.start();
        joined("s2", true);
        joined("s3", true);
        joined(AGENT, false, "--tag=role=web", "--tag=zone=eu-1");
        joined("db-1", false, "--tag=role=db", "--tag=zone=eu-2");
        others.forEach(Node::awaitReady);
        await("three votes and five members, as a follower shows them")
                .atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> votes() == 3 && alive() == 5);
    }

    private void joined(String name, boolean server, String... tags) {
        others.add(joining(name, server, tags).launch());
    }

    /** A further agent, ready; who asks ends it, and sees to it that the cluster forgets it. */
    Node guest(String name) {
        return joining(name, false).start();
    }

    private Node joining(String name, boolean server, String... tags) {
        List<String> flags = new ArrayList<>(List.of(tags));
        flags.add("--retry-join=" + first.node("s1").address());
        flags.add("--retry-interval=1s");
        return first.guest(name, server, flags.toArray(String[]::new));
    }

    /** The cluster, whole. */
    static synchronized Site get() {
        if (site == null) {
            try {
                site = new Site(Files.createTempDirectory("dkron-site"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return site;
    }

    /** A server that does not lead: the one whose pages are opened. */
    Node follower() {
        return servers().stream()
                .filter(s -> s.status("/v1/isleader") != 200)
                .findFirst()
                .orElseThrow();
    }

    /** The name of the server that leads, as a follower says. */
    String leader() {
        return follower().api().get("/v1/leader").json().path("Name").asText();
    }

    private List<Node> servers() {
        List<Node> all = new ArrayList<>(others.stream().filter(Node::server).toList());
        all.add(first.node("s1")); // the last to be asked: it led at first
        return all;
    }

    private long votes() {
        return count(others.get(0).api().get("/v1/raft").json().path("peers"), "voter", "true");
    }

    private long alive() {
        return count(others.get(0).api().get("/v1/members").json(), "statusText", "alive");
    }

    private static long count(JsonNode list, String field, String value) {
        return StreamSupport.stream(list.spliterator(), false)
                .filter(entry -> entry.path(field).asText().equals(value))
                .count();
    }

    private void stop() {
        others.parallelStream().forEach(Node::close);
        first.close();
        others.forEach(Node::wipe); // the consoles are kept
        first.node("s1").wipe();
    }

    /** A client of the API of the server whose pages are opened. */
    Api api() {
        return follower().api();
    }
}
