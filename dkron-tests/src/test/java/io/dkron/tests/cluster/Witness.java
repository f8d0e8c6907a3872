package io.dkron.tests.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.dkron.tests.cluster.Evidence.Lead;
import io.dkron.tests.cluster.Evidence.Line;
import io.dkron.tests.cluster.Evidence.Missed;
import io.dkron.tests.cluster.Evidence.Run;
import io.dkron.tests.cluster.Evidence.View;
import io.dkron.tests.cluster.Evidence.Watched;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gathers evidence: what processes write on the disk that all nodes share, what servers show, what they logged. */
final class Witness {
    private static final Pattern LEAD = Pattern.compile("(\\S+) +INFO +lead taken node=(\\S+) term=(\\d+).*");
    private static final Pattern TOKEN = Pattern.compile("(?m)^(\\d+-\\d+)$");

    private final Path base;
    private final Path written;

    /** @param base under which each node has a directory of its name */
    Witness(Path base) {
        this.base = base;
        this.written = base.resolve("written");
        try {
            Files.createDirectories(written);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The command of a checked job: a token of process id and time goes to the job's file, with the file of the run's own
     * output, which lies in the data of the node that started it; then to the output; at the end to the file again.
     */
    String command(String job, String seconds) {
        Path file = written.resolve(job);
        return "n=$(date +%s%N); t=$$-$n; echo \"start $t $n $(readlink /proc/$$/fd/1)\" >> " + file
                + "; echo $t; sleep " + seconds + "; echo \"end $t $(date +%s%N)\" >> " + file + "; echo end";
    }

    /** The lines of a job's processes. */
    List<Line> lines(String job) {
        Path file = written.resolve(job);
        List<Line> lines = new ArrayList<>();
        try {
            for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                String[] parts = line.split(" ");
                boolean end = parts[0].equals("end");
                lines.add(new Line(job, parts[1], end ? "" : node(parts[3]), end, Long.parseLong(parts[2])));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    private String node(String output) {
        return base.relativize(Path.of(output)).getName(0).toString();
    }

    /** What a server shows now. */
    View view(Node server, List<Watched> jobs) {
        Api api = server.api();
        Map<String, String> all = new TreeMap<>();
        Map<String, Long> success = new HashMap<>();
        Map<String, Long> failures = new HashMap<>();
        Map<String, Long> unrun = new HashMap<>();
        for (JsonNode job : api.get("/v1/jobs").json()) {
            String name = job.path("name").asText();
            all.put(name, job.toString());
            success.put(name, job.path("success_count").asLong());
            failures.put(name, job.path("error_count").asLong());
            unrun.put(
                    name,
                    job.path("missed_count").asLong()
                            + job.path("skipped_count").asLong());
        }
        List<Run> runs = new ArrayList<>();
        List<Missed> missed = new ArrayList<>();
        for (Watched job : jobs) {
            api.executions(job.name()).forEach(e -> runs.add(run(job.name(), e)));
            api.get("/v1/jobs/" + job.name() + "/missed").json().forEach(m -> missed.add(missed(job.name(), m)));
        }
        return new View(all, success, failures, unrun, runs, missed);
    }

    private static Run run(String job, JsonNode e) {
        String output = e.path("output").asText();
        Matcher token = TOKEN.matcher(output);
        Optional<Instant> due = e.hasNonNull("scheduled_at")
                ? Optional.of(Instant.parse(e.path("scheduled_at").asText()))
                : Optional.empty();
        String state = e.path("state").asText();
        return new Run(
                job,
                e.path("id").asText(),
                e.path("node_name").asText(),
                Long.parseLong(e.path("group").asText()),
                e.path("attempt").asInt(),
                due,
                state,
                token.find() ? Optional.of(token.group(1)) : Optional.empty(),
                state.equals("success") ? "" : output);
    }

    private static Missed missed(String job, JsonNode m) {
        return new Missed(
                job,
                m.path("reason").asText(),
                m.path("count").asLong(),
                Instant.parse(m.path("first").asText()),
                Instant.parse(m.path("last").asText()));
    }

    /** Who took the lead, from the servers' logs. */
    static List<Lead> leads(List<Node> servers) {
        List<Lead> leads = new ArrayList<>();
        for (Node server : servers) {
            server.printed()
                    .lines()
                    .map(LEAD::matcher)
                    .filter(Matcher::matches)
                    .forEach(m ->
                            leads.add(new Lead(m.group(2), Long.parseLong(m.group(3)), Instant.parse(m.group(1)))));
        }
        return leads;
    }
}
