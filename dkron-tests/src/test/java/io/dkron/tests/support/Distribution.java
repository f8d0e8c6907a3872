package io.dkron.tests.support;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Where the built distribution is, and what tests need of this machine. */
public final class Distribution {
    private static final int LOWEST_PORT = 12_000;
    private static final int PORTS = 20_000;
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

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

    /**
     * How often a fault is repeated: so often in the usual run, so often in all the whole rounds together, of which
     * {@code dkron.tests.rounds} says how many there are.
     */
    public static int times(int usual, int whole) {
        int rounds = Math.max(1, Integer.getInteger("dkron.tests.rounds", 1));
        return longRuns() ? (whole + rounds - 1) / rounds : usual;
    }

    /**
     * A port that is free on every address and was not given before. It lies below the range from which the system picks
     * the near end of outgoing connections: a server that is killed and started again finds it still free, and nobody who
     * asks whether it is up can be connected to himself.
     */
    public static int freePort() {
        while (true) {
            int port = LOWEST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
            if (!GIVEN.add(port)) {
                continue;
            }
            try (ServerSocket socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                GIVEN.remove(port); // another process has it now
            }
        }
    }
}
