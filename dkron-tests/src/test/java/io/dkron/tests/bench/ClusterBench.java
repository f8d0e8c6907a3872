package io.dkron.tests.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Cluster;
import io.dkron.tests.support.Node;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures clusters that it starts itself, three servers on loopback: {@code failover ROUNDS}, {@code writes},
 * {@code dispatch}, {@code idle}, {@code noop SECONDS}, {@code agents N}, or {@code all}. Figures are printed as they are.
 */
public final class ClusterBench {
    private final Path base;

    private ClusterBench(Path base) {
        this.base = base;
    }

    /** See the class. */
    public static void main(String[] args) throws Exception {
        if (args.length < 1) {
            System.err.println("usage: ClusterBench all|failover ROUNDS|writes|dispatch|idle|noop SECONDS|agents N");
            System.exit(2);
        }
        ClusterBench bench = new ClusterBench(Files.createTempDirectory("dkron-bench"));
        int number = args.length > 1 ? Integer.parseInt(args[1]) : 0;
        switch (args[0]) {
            case "all" -> {
                bench.writes();
                bench.dispatch();
                bench.idle();
                bench.failover(10);
                bench.noop(60);
                bench.agents(100);
            }
            case "failover" -> bench.failover(number == 0 ? 10 : number);
            case "writes" -> bench.writes();
            case "dispatch" -> bench.dispatch();
            case "idle" -> bench.idle();
            case "noop" -> bench.noop(number == 0 ? 60 : number);
            case "agents" -> bench.agents(number == 0 ? 100 : number);
            default -> throw new IllegalArgumentException("unknown benchmark " + args[0]);
        }
        System.exit(0); // clients of the JDK keep threads
    }

    private Cluster cluster(String name, int agents, String... flags) {
        return Cluster.of(base.resolve(name), 3, agents, Optional.empty(), flags)
                .start();
    }

    private static void line(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    private static double median(List<Double> values) {
        return values.isEmpty() ? Double.NaN : values.stream().sorted().toList().get((values.size() - 1) / 2);
    }

    private static String spread(List<Double> values) {
        return String.format(
                Locale.ROOT,
                "median %.2f (%s)",
                median(values),
                values.stream()
                        .sorted()
                        .map(v -> String.format(Locale.ROOT, "%.2f", v))
                        .toList());
    }

    // --- kill -9 of the leader

    private void failover(int rounds) throws Exception {
        try (Cluster cluster = cluster("failover", 1, "--executions-kept=100000")) {
            Path stamps = Files.createFile(cluster.base().resolve("stamps"));
            for (int i = 0; i < 5; i++) {
                ObjectNode job = Api.shell("tick-" + i, "@every 1s", "date +%s%N >> " + stamps);
                job.putObject("tags").put("role", "web");
                cluster.leader().api().save(job);
            }
            List<Double> leader = new ArrayList<>();
            List<Double> firing = new ArrayList<>();
            List<Double> write = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                awaitStamp(stamps, Instant.now());
                oneFailover(cluster, round, stamps, leader, firing, write);
                cluster.restore();
            }
            line("kill -9 of the leader: the next leader after %s s", spread(leader));
            line("kill -9 of the leader: the next command started after %s s", spread(firing));
            line("kill -9 of the leader: a write sent at once to a follower answered 201 after %s s", spread(write));
            for (int i = 0; i < 5; i++) {
                accountFor(cluster, "tick-" + i);
            }
        }
    }

    private static void oneFailover(
            Cluster cluster, int round, Path stamps, List<Double> leader, List<Double> firing, List<Double> write)
            throws Exception {
        Node old = cluster.leader();
        List<Node> others = cluster.servers().stream().filter(s -> s != old).toList();
        AtomicReference<Double> written = new AtomicReference<>(Double.NaN);
        Instant at = Instant.now();
        long killed = System.nanoTime();
        new ProcessBuilder("kill", "-KILL", Long.toString(old.pid())).start().waitFor();
        Thread writer = new Thread(() -> written.set(writeThrough(others.get(0), "during-" + round, killed)));
        writer.start();
        while (others.stream().noneMatch(s -> s.status("/v1/isleader") == 200)) {
            LockSupport.parkNanos(2_000_000);
        }
        leader.add((System.nanoTime() - killed) / 1e9);
        firing.add(awaitStamp(stamps, at));
        writer.join();
        write.add(written.get());
        old.kill();
    }

    /** Sends one write, and only if it is refused or cut off sends it again; seconds until it was taken. */
    private static double writeThrough(Node server, String name, long since) {
        int tries = 0;
        while (true) {
            tries++;
            try {
                Api.Answer answer = server.api().post("/v1/jobs", Api.base(name).toString());
                if (answer.status() == 201) {
                    if (tries > 1) {
                        line("    (the write was refused %d times first)", tries - 1);
                    }
                    return (System.nanoTime() - since) / 1e9;
                }
            } catch (UncheckedIOException e) {
                line("    (the write was cut off: %s)", e.getMessage());
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    /** Seconds from an instant until the first command that started after it; waits for one. */
    private static double awaitStamp(Path stamps, Instant after) throws IOException {
        long from = after.getEpochSecond() * 1_000_000_000L + after.getNano();
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < limit) {
            Optional<Long> first = Files.readAllLines(stamps).stream()
                    .filter(l -> l.length() > 18)
                    .map(Long::parseLong)
                    // A process that the old leader ordered may still be on its way.
                    .filter(t -> t > from + 100_000_000L)
                    .min(Long::compare);
            if (first.isPresent()) {
                return (first.get() - from) / 1e9;
            }
            LockSupport.parkNanos(5_000_000);
        }
        return Double.NaN;
    }

    private static void accountFor(Cluster cluster, String job) {
        Api api = cluster.leader().api();
        api.post("/v1/jobs/" + job + "/toggle");
        List<Instant> due = new ArrayList<>();
        api.executions(job)
                .forEach(e -> due.add(Instant.parse(e.path("scheduled_at").asText())));
        long missed = 0;
        for (JsonNode record : api.get("/v1/jobs/" + job + "/missed").json()) {
            missed += record.path("count").asLong();
        }
        due.sort(null);
        long expected = Duration.between(due.get(0), due.get(due.size() - 1)).toSeconds() + 1;
        line(
                "%s: %d due, %d ran, %d of them doubled, %d recorded as missed, %d without trace",
                job,
                expected,
                due.stream().distinct().count(),
                due.size() - due.stream().distinct().count(),
                missed,
                expected - due.stream().distinct().count() - missed);
    }

    // --- writes

    private void writes() throws Exception {
        try (Cluster cluster = cluster("writes", 0)) {
            Node leader = cluster.leader();
            Node follower = cluster.followers().get(0);
            for (int round = 0; round < 2; round++) {
                for (int connections : new int[] {64}) {
                    for (Node to : List.of(leader, follower)) {
                        String prefix = "w" + round + "-" + connections + "-" + to.name() + "-";
                        Load.Result result = Load.run(
                                URI.create(to.url()),
                                connections,
                                connections == 1 ? 1_000 : 10_000,
                                (wire, n) -> wire.send(
                                                        "POST",
                                                        "/v1/jobs",
                                                        Api.base(prefix + n).toString())
                                                .status()
                                        == 201);
                        line(
                                "creates, %d connections, to the %s: %s",
                                connections, to == leader ? "leader" : "follower", result);
                    }
                }
            }
            for (Node server : cluster.servers()) {
                line("resident of %s with 42,000 jobs: %d MB", server, resident(server.pid()));
            }
        }
    }

    // --- dispatch

    private void dispatch() throws Exception {
        try (Cluster cluster = cluster("dispatch", 1)) {
            Node leader = cluster.leader();
            Path stamps = Files.createFile(cluster.base().resolve("stamps"));
            List<Double> local = new ArrayList<>();
            List<Double> remote = new ArrayList<>();
            save(leader, "servers", stamps, "server", "true:1");
            save(leader, "agents", stamps, "role", "web:1");
            for (int i = 0; i < 20; i++) {
                runNow(leader, "servers", stamps);
                runNow(leader, "agents", stamps);
            }
            while (local.size() < 100) {
                double one = runNow(leader, "servers", stamps);
                if (leader.api()
                        .executions("servers")
                        .get(0)
                        .path("node_name")
                        .asText()
                        .equals(leader.name())) {
                    local.add(one);
                    remote.add(runNow(leader, "agents", stamps));
                }
            }
            line(
                    "run now until the command started, medians of %d: on the leader %.1f ms, on an agent %.1f ms",
                    local.size(), median(local), median(remote));
        }
    }

    private static void save(Node leader, String name, Path stamps, String tag, String value) {
        ObjectNode job = Api.shell(name, "@manually", "date +%s%N >> " + stamps);
        job.putObject("tags").put(tag, value);
        leader.api().save(job);
    }

    private static double runNow(Node leader, String job, Path stamps) throws IOException {
        Instant before = Instant.now();
        Api.Answer answer = leader.api().post("/v1/jobs/" + job, "", "Prefer", "respond-async");
        if (answer.status() != 202) {
            throw new IllegalStateException(answer.toString());
        }
        long from = before.getEpochSecond() * 1_000_000_000L + before.getNano();
        while (true) {
            Optional<Long> started = Files.readAllLines(stamps).stream()
                    .filter(l -> l.length() > 18)
                    .map(Long::parseLong)
                    .filter(t -> t > from)
                    .findFirst();
            if (started.isPresent()) {
                Files.writeString(stamps, "");
                return (started.get() - from) / 1e6;
            }
            LockSupport.parkNanos(500_000);
        }
    }

    // --- idle

    private void idle() throws Exception {
        try (Cluster cluster = cluster("idle", 2)) {
            pause(15);
            costs("idle", cluster, 20);
        }
    }

    /** Processor time and memory of each node over some seconds. */
    private static void costs(String when, Cluster cluster, int seconds) throws IOException {
        List<Long> before = new ArrayList<>();
        for (Node node : cluster.nodes()) {
            before.add(jiffies(node.pid()));
        }
        pause(seconds);
        for (int i = 0; i < before.size(); i++) {
            Node node = cluster.nodes().get(i);
            line(
                    "%s: %s %.1f %% of a core, resident %d MB, data %d kB",
                    when,
                    node,
                    (jiffies(node.pid()) - before.get(i)) * 1.0 / seconds,
                    resident(node.pid()),
                    size(node.data()) / 1024);
        }
    }

    private static void pause(int seconds) {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds); System.nanoTime() < end; ) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private static long jiffies(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    private static long resident(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(l -> l.startsWith("VmRSS:"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D+", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    /** Bytes of a directory's files; one that goes meanwhile counts nothing. */
    private static long size(Path directory) {
        File[] files = directory.toFile().listFiles();
        long sum = 0;
        for (File file : files == null ? new File[0] : files) {
            sum += file.isDirectory() ? size(file.toPath()) : file.length();
        }
        return sum;
    }

    // --- a thousand executions a second

    private void noop(int seconds) throws Exception {
        try (Cluster cluster = cluster("noop", 0, "--executions-kept=10")) {
            Node leader = cluster.leader();
            Load.run(
                    URI.create(leader.url()),
                    8,
                    1_000,
                    (wire, n) -> wire.send("POST", "/v1/jobs", noopJob(n)).status() == 201);
            pause(5);
            long before = succeeded(cluster);
            Instant from = Instant.now();
            for (int left = seconds; left > 0; left -= 20) {
                int step = Math.min(left, 20);
                costs("noop after " + (seconds - left + step) + " s", cluster, step);
            }
            double took = Duration.between(from, Instant.now()).toMillis() / 1e3;
            line(
                    "no-op executions over %.0f s: %.0f/s; missed firings %s",
                    took,
                    (succeeded(cluster) - before) / took,
                    cluster.leader()
                            .metric("dkron_firings_missed_total")
                            .map(Object::toString)
                            .orElse("unknown"));
        }
    }

    private static String noopJob(int n) {
        return "{\"name\":\"noop-" + n
                + "\",\"schedule\":\"@every 1s\",\"executor\":\"noop\",\"executor_config\":{},\"tags\":{\"server\":\"true:1\"}}";
    }

    private static long succeeded(Cluster cluster) {
        long sum = 0;
        for (JsonNode job : cluster.leader().api().get("/v1/jobs").json()) {
            sum += job.path("success_count").asLong();
        }
        return sum;
    }

    // --- many agents

    private void agents(int count) throws Exception {
        try (Cluster cluster = cluster("agents", 0)) {
            Node leader = cluster.leader();
            costs("three servers alone", cluster, 10);
            long started = System.nanoTime();
            try (AgentSwarm.Jvm swarm = AgentSwarm.start(base.resolve("swarm"), count, cluster)) {
                while (Cluster.members(leader, "alive").size() < count + 3) {
                    LockSupport.parkNanos(50_000_000);
                    if (!swarm.alive() || System.nanoTime() - started > TimeUnit.SECONDS.toNanos(180)) {
                        line(
                                "only %d members after %.0f s",
                                Cluster.members(leader, "alive").size(), (System.nanoTime() - started) / 1e9);
                        return;
                    }
                }
                line(
                        "%d agents: all members after %.1f s, the start of their JVM included",
                        count, (System.nanoTime() - started) / 1e9);
                pause(15);
                long before = jiffies(swarm.pid());
                costs("with " + count + " agents idle", cluster, 20);
                line("%d idle agents in one JVM: %.1f %% of a core", count, (jiffies(swarm.pid()) - before) / 20.0);
            }
        }
    }
}
