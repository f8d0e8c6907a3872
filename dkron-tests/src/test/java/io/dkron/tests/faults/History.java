package io.dkron.tests.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.dkron.tests.support.Api;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Holds what jobs wrote themselves against what the API says, and names every contradiction. A job that it can check
 * prints one token a run, first to its own file and then as its output ({@link #command}).
 */
final class History {
    private final Path directory;
    private final List<String> faults = new ArrayList<>();

    History(Path directory) {
        this.directory = directory;
    }

    /**
     * The command of a checked job: a token of process id and time goes to the job's file, then to the output; then it
     * takes its time.
     */
    String command(String job, String seconds) {
        return "t=$$-$(date +%s%N); echo $t >> " + file(job) + "; echo $t; sleep " + seconds + "; echo end";
    }

    private Path file(String job) {
        return directory.resolve(job + ".tokens");
    }

    /** Tokens that the job's runs wrote, in order. */
    List<String> tokens(String job) {
        try {
            return Files.exists(file(job)) ? Files.readAllLines(file(job)) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Checks a job {@code @every <period>} whose executions have all ended and which no longer fires.
     *
     * @return how many of its firings ran
     */
    int check(Api api, String job, Duration period) {
        JsonNode executions = api.executions(job);
        Map<String, String> executionOfToken = new HashMap<>();
        TreeSet<Instant> fired = new TreeSet<>();
        Set<String> ids = new HashSet<>();
        for (JsonNode execution : executions) {
            checkExecution(job, execution, executionOfToken, fired, ids);
        }
        tokensAgree(job, executionOfToken);
        everyDueInstantHasItsVerdict(api, job, period, fired);
        countersAgree(api, job, executions);
        return fired.size();
    }

    private void checkExecution(
            String job,
            JsonNode execution,
            Map<String, String> executionOfToken,
            TreeSet<Instant> fired,
            Set<String> ids) {
        String id = execution.path("id").asText();
        String output = execution.path("output").asText("");
        if (!ids.add(id)) {
            faults.add(job + ": execution id twice: " + id);
        }
        if (execution.path("finished_at").asText().startsWith("0001")) {
            faults.add(job + ": execution never ended: " + execution);
            return;
        }
        Instant due = Instant.parse(execution.path("scheduled_at").asText());
        if (!fired.add(due)) {
            faults.add(job + ": firing " + due + " recorded twice");
        }
        String token =
                output.lines().filter(l -> l.matches("\\d+-\\d+")).findFirst().orElse("");
        if (execution.path("success").asBoolean()) {
            if (token.isEmpty() || !output.endsWith("end\n")) {
                faults.add(job + ": success without its whole output: " + execution);
            }
        } else {
            // Nothing in these runs fails by itself: a failure means that the node lost sight of a process.
            faults.add(job + ": execution failed: " + execution);
        }
        if (!token.isEmpty() && executionOfToken.put(token, id) != null) {
            faults.add(job + ": one process in two executions: " + token);
        }
    }

    private void tokensAgree(String job, Map<String, String> executionOfToken) {
        List<String> written = tokens(job);
        Set<String> distinct = new HashSet<>(written);
        if (distinct.size() != written.size()) {
            faults.add(job + ": a token written twice");
        }
        for (String token : written) {
            if (!executionOfToken.containsKey(token)) {
                faults.add(job + ": a process ran that no execution knows: " + token);
            }
        }
        for (String token : executionOfToken.keySet()) {
            if (!distinct.contains(token)) {
                faults.add(job + ": an execution shows a process that wrote nothing: " + token);
            }
        }
    }

    private void everyDueInstantHasItsVerdict(Api api, String job, Duration period, TreeSet<Instant> fired) {
        List<Instant[]> missed = new ArrayList<>();
        long missedCount = 0;
        for (JsonNode record : api.get("/v1/jobs/" + job + "/missed").json()) {
            missedCount += record.path("count").asLong();
            missed.add(new Instant[] {
                Instant.parse(record.path("first").asText()),
                Instant.parse(record.path("last").asText())
            });
        }
        TreeSet<Instant> ends = new TreeSet<>(fired);
        missed.forEach(m -> {
            ends.add(m[0]);
            ends.add(m[1]);
        });
        if (ends.isEmpty()) {
            faults.add(job + ": neither fired nor missed anything");
            return;
        }
        long due = Duration.between(ends.first(), ends.last()).dividedBy(period) + 1;
        if (due != fired.size() + missedCount) {
            faults.add(job + ": " + due + " due from " + ends.first() + " to " + ends.last() + ", but " + fired.size()
                    + " fired and " + missedCount + " missed");
        }
        for (Instant instant : fired) {
            if (Duration.between(ends.first(), instant).toNanos() % period.toNanos() != 0) {
                faults.add(job + ": fired off its grid at " + instant);
            }
        }
    }

    private void countersAgree(Api api, String job, JsonNode executions) {
        long success = 0;
        for (JsonNode execution : executions) {
            success += execution.path("success").asBoolean() ? 1 : 0;
        }
        JsonNode stored = api.job(job);
        if (stored.path("success_count").asLong() != success) {
            faults.add(job + ": success_count " + stored.path("success_count") + ", but " + success + " succeeded");
        }
        if (stored.path("success_count").asLong() + stored.path("error_count").asLong() != executions.size()) {
            faults.add(job + ": counters do not add up to " + executions.size() + ": " + stored);
        }
    }

    /** Notes a contradiction found elsewhere. */
    void fault(String what) {
        faults.add(what);
    }

    List<String> faults() {
        return List.copyOf(faults);
    }
}
