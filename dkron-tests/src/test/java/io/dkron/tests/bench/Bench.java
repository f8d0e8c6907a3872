package io.dkron.tests.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures a running server: {@code Bench http://127.0.0.1:8080 all}, or one of {@code create}, {@code list},
 * {@code read}, {@code runnow}, {@code dispatch N SECONDS}. Leaves no jobs behind but those it was stopped over.
 * {@code start COMMAND…} measures how long that command takes to answer on the address.
 */
public final class Bench {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final URI server;
    private final PrintLine out;

    /** Where figures go. */
    interface PrintLine {
        void line(String text);
    }

    private Bench(URI server) {
        this.server = server;
        this.out = System.out::println;
    }

    /** See the class. */
    public static void main(String[] args) throws Exception {
        if (args.length < 2) {
            System.err.println("usage: Bench URL all|create|fill|list|read|runnow|dispatch N SECONDS|start COMMAND...");
            System.exit(2);
        }
        Bench bench = new Bench(URI.create(args[0]));
        switch (args[1]) {
            case "all" -> bench.all();
            case "create" -> bench.create();
            case "fill" -> bench.fill(10_000);
            case "list" -> bench.list();
            case "read" -> bench.read();
            case "runnow" -> bench.runNow();
            case "dispatch" -> bench.dispatch(Integer.parseInt(args[2]), Integer.parseInt(args[3]));
            case "start" -> bench.start(Arrays.asList(args).subList(2, args.length));
            default -> throw new IllegalArgumentException("unknown benchmark " + args[1]);
        }
    }

    private void all() throws Exception {
        create();
        runNow();
        for (int n : new int[] {10, 100, 300, 500}) {
            dispatch(n, 20);
        }
        fill(10_000);
        list();
        read();
        clear("fill-");
    }

    private static String job(String name, String schedule) {
        return "{\"name\":\"" + name + "\",\"schedule\":\"" + schedule
                + "\",\"executor\":\"shell\",\"executor_config\":{\"command\":\"true\"}}";
    }

    private void create() throws InterruptedException, IOException {
        for (int connections : new int[] {1, 16, 64}) {
            String prefix = "create-" + connections + "-";
            int count = connections == 1 ? 1_000 : 5_000;
            Load.Result result = Load.run(
                    server,
                    connections,
                    count,
                    (wire, n) -> wire.send("POST", "/v1/jobs", job(prefix + n, "@every 10h"))
                                    .status()
                            == 201);
            out.line("creates, " + connections + " connections: " + result);
            clear(prefix);
        }
    }

    private void fill(int jobs) throws InterruptedException {
        Load.Result result = Load.run(
                server,
                16,
                jobs,
                (wire, n) -> wire.send("POST", "/v1/jobs", job("fill-" + n, "@every 10h"))
                                .status()
                        == 201);
        out.line("fill of " + jobs + ", 16 connections: " + result);
    }

    private void list() throws InterruptedException {
        warm("/v1/jobs");
        out.line("GET /v1/jobs: " + gets("/v1/jobs", 1, 30));
        out.line("GET /v1/jobs, 4 connections: " + gets("/v1/jobs", 4, 60));
        out.line("GET /v1/jobs?_start=0&_end=20: " + gets("/v1/jobs?_start=0&_end=20", 1, 500));
    }

    private void read() throws InterruptedException {
        warm("/v1/jobs/fill-77");
        out.line("GET one job, 1 connection: " + gets("/v1/jobs/fill-77", 1, 10_000));
        out.line("GET one job, 16 connections: " + gets("/v1/jobs/fill-77", 16, 60_000));
    }

    private void warm(String path) throws InterruptedException {
        gets(path, 4, path.equals("/v1/jobs") ? 20 : 20_000);
    }

    private Load.Result gets(String path, int connections, int count) throws InterruptedException {
        return Load.run(
                server,
                connections,
                count,
                (wire, n) -> wire.send("GET", path, "").status() == 200);
    }

    /** The command writes the nanosecond it started at; the POST's own instant is taken on the same clock. */
    private void runNow() throws IOException, InterruptedException {
        Path stamps = Files.createTempFile("bench", ".stamps");
        try (Wire wire = new Wire(server)) {
            String command = "date +%s%N >> " + stamps;
            wire.send(
                    "POST",
                    "/v1/jobs",
                    "{\"name\":\"bench-now\",\"schedule\":\"@every 10h\",\"executor\":\"shell\",\"executor_config\":"
                            + "{\"shell\":\"true\",\"command\":\"" + command + "\"}}");
            List<Double> started = new ArrayList<>();
            List<Double> answered = new ArrayList<>();
            for (int i = 0; i < 220; i++) {
                Instant before = Instant.now();
                long nanos = System.nanoTime();
                wire.send("POST", "/v1/jobs/bench-now", "");
                if (i >= 20) {
                    answered.add((System.nanoTime() - nanos) / 1e6);
                    List<String> lines = awaitLines(stamps, i + 1);
                    long start = Long.parseLong(lines.get(i).strip());
                    started.add((start - (before.getEpochSecond() * 1_000_000_000L + before.getNano())) / 1e6);
                }
            }
            out.line("run now, 1 client: command started " + quantiles(started) + ", POST answered "
                    + quantiles(answered));
            wire.send("DELETE", "/v1/jobs/bench-now", "");
        } finally {
            Files.delete(stamps);
        }
    }

    private static List<String> awaitLines(Path file, int count) throws IOException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        List<String> lines = Files.readAllLines(file);
        while (lines.size() < count && System.nanoTime() < limit) {
            LockSupport.parkNanos(500_000);
            lines = Files.readAllLines(file);
        }
        return lines;
    }

    private static String quantiles(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            return "nothing";
        }
        return String.format(
                "p50 %.1f p99 %.1f max %.1f ms",
                sorted[(sorted.length - 1) / 2], sorted[(int) (0.99 * (sorted.length - 1))], sorted[sorted.length - 1]);
    }

    /** N jobs {@code @every 1s} of {@code true}, for some seconds; then every firing in the window is accounted for. */
    private void dispatch(int jobs, int seconds) throws IOException, InterruptedException {
        String prefix = "tick-" + jobs + "-";
        double bare = bareForkExec(jobs);
        Load.run(
                server,
                8,
                jobs,
                (wire, n) -> wire.send("POST", "/v1/jobs", job(prefix + n, "@every 1s"))
                                .status()
                        == 201);
        long cpuBefore = busyJiffies() - ownJiffies();
        Instant from = Instant.now().plusSeconds(2);
        Instant to = from.plusSeconds(seconds);
        sleepUntil(to);
        long cpu = busyJiffies() - ownJiffies() - cpuBefore;
        Load.run(
                server,
                8,
                jobs,
                (wire, n) -> wire.send("POST", "/v1/jobs/" + prefix + n + "/toggle", "")
                                .status()
                        == 200);
        sleepUntil(Instant.now().plusSeconds(jobs > 300 ? 20 : 5));
        Seen seen = collect(prefix, jobs, from.plusSeconds(1), to.minusSeconds(1));
        double runsInWindow = (seconds + 2.0) * jobs;
        out.line(String.format(
                "dispatch N=%d: %d of %d firings, %d doubled, %d unfinished; recorded late %s; started %s; finished %s",
                jobs,
                seen.firings,
                (long) (seconds - 2) * jobs,
                seen.doubled,
                seen.unfinished,
                quantiles(seen.recorded),
                quantiles(seen.started),
                quantiles(seen.finished)));
        out.line(String.format(
                "dispatch N=%d: last command of a second started after %s; %d bare fork+exec on one thread %.0f ms; CPU a run %.2f ms",
                jobs, quantiles(seen.lastStarts), jobs, bare, cpu * 10.0 / runsInWindow));
        clear(prefix);
    }

    private static void sleepUntil(Instant instant) throws InterruptedException {
        for (long left = Duration.between(Instant.now(), instant).toMillis();
                left > 0;
                left = Duration.between(Instant.now(), instant).toMillis()) {
            TimeUnit.MILLISECONDS.sleep(left);
        }
    }

    /** Milliseconds that a shell takes to fork, exec and await {@code /bin/true} so often. */
    private static double bareForkExec(int count) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(
                        "/bin/sh", "-c", "i=0; while [ $i -lt " + count + " ]; do /bin/true; i=$((i+1)); done")
                .start();
        process.waitFor();
        return (System.nanoTime() - start) / 1e6;
    }

    private static final class Seen {
        int firings;
        int doubled;
        int unfinished;
        final List<Double> recorded = new ArrayList<>();
        final List<Double> started = new ArrayList<>();
        final List<Double> finished = new ArrayList<>();
        final List<Double> lastStarts = new ArrayList<>();
    }

    private Seen collect(String prefix, int jobs, Instant from, Instant to) throws IOException {
        Seen seen = new Seen();
        Map<Long, Double> lastOfSecond = new HashMap<>();
        try (Wire wire = new Wire(server)) {
            for (int n = 0; n < jobs; n++) {
                Wire.Reply reply = wire.send("GET", "/v1/jobs/" + prefix + n + "/executions", "");
                Set<Long> seconds = new HashSet<>();
                for (JsonNode execution : JSON.readTree(reply.body())) {
                    one(execution, from, to, seconds, lastOfSecond, seen);
                }
            }
        }
        seen.lastStarts.addAll(lastOfSecond.values());
        return seen;
    }

    private static void one(
            JsonNode execution, Instant from, Instant to, Set<Long> seconds, Map<Long, Double> last, Seen seen) {
        Instant started = Instant.parse(execution.path("started_at").asText());
        long group = execution.path("group").asLong();
        Instant recorded = Instant.ofEpochSecond(group / 1_000_000_000L, group % 1_000_000_000L);
        // Ours names the due instant; elsewhere it is the second in which the group was made.
        Instant due = execution.hasNonNull("scheduled_at")
                ? Instant.parse(execution.path("scheduled_at").asText())
                : Instant.ofEpochSecond(recorded.getEpochSecond());
        if (due.isBefore(from) || !due.isBefore(to)) {
            return;
        }
        seen.firings++;
        if (!seconds.add(due.getEpochSecond())) {
            seen.doubled++;
        }
        double start = millis(due, started);
        seen.recorded.add(millis(due, recorded));
        seen.started.add(start);
        last.merge(due.getEpochSecond(), start, Math::max);
        String end = execution.path("finished_at").asText("0001");
        if (end.startsWith("0001")) {
            seen.unfinished++;
        } else {
            seen.finished.add(millis(due, Instant.parse(end)));
        }
    }

    private static double millis(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e6;
    }

    /** Busy time of the whole machine in hundredths of a second. */
    private static long busyJiffies() throws IOException {
        String[] cpu = Files.readAllLines(Path.of("/proc/stat")).get(0).trim().split("\\s+");
        return Long.parseLong(cpu[1]) + Long.parseLong(cpu[2]) + Long.parseLong(cpu[3]) + Long.parseLong(cpu[7]);
    }

    /** Of it, this process's own. */
    private static long ownJiffies() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    private void clear(String prefix) throws IOException, InterruptedException {
        List<String> names = new ArrayList<>();
        try (Wire wire = new Wire(server)) {
            for (JsonNode job : JSON.readTree(wire.send("GET", "/v1/jobs", "").body())) {
                String name = job.path("name").asText();
                if (name.startsWith(prefix)) {
                    names.add(name);
                }
            }
        }
        Load.run(
                server,
                8,
                names.size(),
                (wire, n) -> wire.send("DELETE", "/v1/jobs/" + names.get(n), "").status() == 200);
    }

    private void start(List<String> command) throws IOException, InterruptedException {
        long before = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            while (process.isAlive()) {
                try (Wire wire = new Wire(server)) {
                    if (wire.send("GET", "/v1/jobs", "").status() == 200) {
                        out.line(String.format(
                                "start to first answer: %.2f s, resident %d MB",
                                (System.nanoTime() - before) / 1e9, resident(process.pid())));
                        return;
                    }
                } catch (IOException e) {
                    LockSupport.parkNanos(2_000_000); // not listening yet
                }
            }
            out.line("the command ended with " + process.exitValue());
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    private static long resident(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(l -> l.startsWith("VmRSS:"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D+", "")) / 1024)
                .findFirst()
                .orElse(0);
    }
}
