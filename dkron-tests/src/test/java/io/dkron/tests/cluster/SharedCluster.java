package io.dkron.tests.cluster;

import io.dkron.tests.support.Cluster;
import io.dkron.tests.support.Command;
import io.dkron.tests.support.Namespaces;
import io.dkron.tests.support.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Three servers and three agents for all tests that leave them whole; started on first use, stopped with the test
 * process. In network namespaces where this machine can make them. Gossip and Raft are encrypted. The data of {@code s3}
 * lies on a small disk of its own where this machine can mount one.
 */
final class SharedCluster {
    static final String KEY = "kPpdjphiipNSsjg4SHbm9g==";
    private static final Optional<String> NO_NETWORK = Namespaces.impossible();
    private static Cluster cluster;
    private static boolean smallDisk;

    private SharedCluster() {}

    /** The cluster, whole. */
    static synchronized Cluster get() {
        if (cluster == null) {
            Path base = directory();
            cluster = Cluster.of(
                    base,
                    3,
                    3,
                    NO_NETWORK.isPresent() ? Optional.empty() : Optional.of(Namespaces.create()),
                    "--encrypt=" + KEY,
                    "--misfire-grace=3s",
                    "--agent-lost-after=8s",
                    "--executions-kept=1000000");
            Path disk = cluster.node("s3").data();
            smallDisk = mounted(disk);
            Runtime.getRuntime().addShutdownHook(new Thread(SharedCluster::stop, "stop-shared-cluster"));
            cluster.start();
        } else {
            cluster.restore();
        }
        return cluster;
    }

    /** Whether {@code s3} has a small disk of its own. */
    static boolean smallDisk() {
        return smallDisk;
    }

    /** Why links cannot be cut here; empty when they can. */
    static Optional<String> noNetwork() {
        return NO_NETWORK;
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory("dkron-cluster");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean mounted(Path disk) {
        try {
            Files.createDirectories(disk);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Command.attempt("mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", disk.toString())
                .ok();
    }

    private static void stop() {
        cluster.close();
        cluster.nodes().stream().filter(n -> !n.alive()).forEach(Node::wipe); // the consoles are kept
        if (smallDisk) {
            Command.attempt("umount", cluster.node("s3").data().toString());
        }
    }
}
