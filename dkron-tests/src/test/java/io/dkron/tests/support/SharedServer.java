package io.dkron.tests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** One server for all suites that leave it as they found it; started on first use, stopped with the test process. */
public final class SharedServer {
    private static DkronProcess server;

    private SharedServer() {}

    /** The server, ready. */
    public static synchronized DkronProcess get() {
        if (server == null) {
            try {
                Path base = Files.createTempDirectory("dkron-shared");
                server = DkronProcess.in(base).with("--tag=role=web").start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-shared-server"));
        }
        return server;
    }
}
