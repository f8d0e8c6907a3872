package io.dkron.connectors.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dkron.core.store.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A ZooKeeper server in a JVM of its own, from the same library as the client. */
final class ZooKeeperServer extends ServerProcess {
    private final String further;
    private final boolean plain;

    /** @param further lines of its configuration */
    ZooKeeperServer(String name, boolean plain, String further) {
        super(name);
        this.plain = plain;
        this.further = further;
    }

    static ZooKeeperServer plain() {
        return new ZooKeeperServer("zookeeper", true, "");
    }

    @Override
    protected List<String> command() {
        try {
            Path config = folder().resolve("zoo.cfg");
            String kind = plain ? "clientPort" : "secureClientPort";
            Files.writeString(
                    config,
                    String.join(
                            "\n",
                            "tickTime=500",
                            "initLimit=20",
                            "syncLimit=10",
                            "dataDir=" + data(),
                            kind + "=" + port(),
                            kind + "Address=127.0.0.1",
                            "admin.enableServer=false",
                            "4lw.commands.whitelist=srvr,dump",
                            further,
                            ""));
            return List.of(
                    ProcessHandle.current().info().command().orElse("java"),
                    "-Xmx512m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    classPath(),
                    "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                    config.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    @Override
    protected boolean serves() throws IOException {
        if (!plain) {
            try (Socket socket = new Socket("127.0.0.1", port())) {
                return socket.isConnected();
            }
        }
        return ask("srvr").contains("Mode: ");
    }

    /** A four-letter word's answer. */
    String ask(String word) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(word.getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
