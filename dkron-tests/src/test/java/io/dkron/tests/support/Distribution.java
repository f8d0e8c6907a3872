package io.dkron.tests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the built distribution is, and what tests need of this machine. */
public final class Distribution {
    private Distribution() {}

    /** The unpacked distribution, given by the build as {@code dkron.home}. */
    public static Path home() {
        Path home = Path.of(System.getProperty("dkron.home", "../liberty/target/dkron"))
                .toAbsolutePath()
                .normalize();
        if (!Files.isExecutable(home.resolve("bin/dkron"))) {
            throw new IllegalStateException("no distribution at " + home + "; build it, or set -Ddkron.home");
        }
        return home;
    }

    /** The checkout's root. */
    public static Path root() {
        return Path.of(System.getProperty("dkron.root", "..")).toAbsolutePath().normalize();
    }

    /** Whether slow runs are wanted whole (profile {@code long}). */
    public static boolean longRuns() {
        return Boolean.getBoolean("dkron.tests.long");
    }

    /** A port on loopback that was free a moment ago. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
