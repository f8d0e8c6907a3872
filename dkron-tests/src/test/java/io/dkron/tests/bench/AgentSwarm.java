package io.dkron.tests.bench;

import io.dkron.agent.node.NodeData;
import io.dkron.agent.node.PlainAgent;
import io.dkron.core.config.SettingSource;
import io.dkron.core.config.Settings;
import io.dkron.tests.support.Cluster;
import io.dkron.tests.support.Distribution;
import io.dkron.tests.support.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Many agents in one JVM, each with its own address, gossip, RPC and journal; and the JVM to start them in. */
public final class AgentSwarm {
    /** The JVM of a swarm. */
    static final class Jvm implements AutoCloseable {
        private final Process process;

        private Jvm(Process process) {
            this.process = process;
        }

        long pid() {
            return process.pid();
        }

        boolean alive() {
            return process.isAlive();
        }

        @Override
        public void close() {
            process.destroy();
            try {
                if (!process.waitFor(20, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }

    private AgentSwarm() {}

    /** Starts so many agents that join the cluster; its console goes to a file in that directory. */
    static Jvm start(Path base, int count, Cluster cluster) throws IOException {
        Files.createDirectories(base);
        Path home = Distribution.home();
        String path = String.join(
                ":",
                System.getProperty("java.class.path"),
                home.resolve("lib").resolve("*").toString(),
                home.resolve("usr/servers/dkron/apps/dkron.ear/lib")
                        .resolve("*")
                        .toString());
        String join = cluster.servers().stream().map(Node::address).collect(Collectors.joining(","));
        List<String> command = List.of(
                "java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx1g",
                "-cp",
                path,
                AgentSwarm.class.getName(),
                base.toString(),
                Integer.toString(count),
                join);
        return new Jvm(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(base.resolve("console.log").toFile())
                .start());
    }

    /** Directory, number of agents, addresses to join; runs until it is ended. */
    public static void main(String[] args) throws Exception {
        Path base = Path.of(args[0]);
        List<PlainAgent> agents = new ArrayList<>();
        for (int i = 1; i <= Integer.parseInt(args[1]); i++) {
            Path data = Files.createDirectories(base.resolve("agent-" + i));
            Map<String, String> properties = Map.of(
                    "dkron.node-name",
                    "swarm-" + i,
                    "dkron.data-dir",
                    data.toString(),
                    "dkron.bind-addr",
                    "127.66." + i / 200 + "." + (1 + i % 200) + ":8946",
                    "dkron.retry-join",
                    args[2],
                    "dkron.retry-interval",
                    "1s",
                    "dkron.tag",
                    "role=swarm");
            Settings settings = Settings.from(List.of(
                            SettingSource.properties(property -> Optional.ofNullable(properties.get(property)))))
                    .orThrow();
            NodeData.Identity identity = NodeData.open(data, true).identity();
            PlainAgent agent = new PlainAgent(settings, identity, "swarm", code -> {});
            agent.start();
            agents.add(agent);
        }
        System.out.println(agents.size() + " agents started");
        Thread.currentThread().join();
    }
}
