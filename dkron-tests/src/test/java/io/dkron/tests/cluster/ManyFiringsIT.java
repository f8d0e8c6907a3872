package io.dkron.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Cluster;
import io.dkron.tests.support.Distribution;
import io.dkron.tests.support.ManyJobs;
import io.dkron.tests.support.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Many firings on three servers and three agents, none of which starts a process. */
class ManyFiringsIT {
    private static final Duration EVERY = Duration.ofSeconds(5);

    @Test
    @DisplayName("F75: 2,000 jobs, each 5 s, for ten minutes: every instant has its run, 99 of 100 within a second")
    void f75NothingIsLateUnderManyFirings() {
        int count = Distribution.longRuns() ? 2_000 : 100;
        Duration time = Distribution.longRuns() ? Duration.ofMinutes(10) : Duration.ofSeconds(30);
        Cluster cluster = SharedCluster.get();
        Map<String, Long> processes = processes(cluster);
        ObjectNode job = Api.base("").put("schedule", "@every 5s").put("executor", "noop");
        job.putObject("tags").put("role", "web:1");
        Map<Instant, List<Duration>> late = new TreeMap<>();
        try (ManyJobs jobs = ManyJobs.stored(cluster.leader().url(), "f75", count, job)) {
            Instant end = Instant.now().plus(time);
            await("the time to pass")
                    .atMost(time.plusSeconds(60))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> Instant.now().isAfter(end));
            jobs.all("disable");
            Api api = cluster.leader().api();
            for (String name : jobs.names()) {
                gather(late, api, name, time);
            }
        }
        List<Duration> rounds = late.values().stream()
                .map(ManyFiringsIT::ofHundredThe99th)
                .sorted()
                .toList();
        Duration usual = rounds.get(rounds.size() / 2); // the machine may be busy now and then
        assertThat(usual).as("the 99th of each round: %s", rounds).isLessThan(Duration.ofSeconds(1));
        assertThat(processes(cluster)).isEqualTo(processes);
    }

    private static Map<String, Long> processes(Cluster cluster) {
        assertThat(cluster.nodes()).allMatch(Node::alive);
        return cluster.nodes().stream().collect(Collectors.toMap(Node::name, Node::pid, (a, b) -> a, TreeMap::new));
    }

    private static Duration ofHundredThe99th(List<Duration> late) {
        return late.stream().sorted().toList().get(late.size() * 99 / 100);
    }

    /** How late each run of a job began, by its instant; that none is left out. */
    private static void gather(Map<Instant, List<Duration>> late, Api api, String job, Duration time) {
        JsonNode runs = api.get("/v1/jobs/" + job + "/executions?_sort=scheduled_at&_order=ASC")
                .json();
        assertThat(runs.size()).as(job).isGreaterThanOrEqualTo((int) (time.toSeconds() / EVERY.toSeconds()) - 1);
        Instant last = Instant.MIN;
        for (JsonNode run : runs) {
            Instant due = Instant.parse(run.path("scheduled_at").asText());
            assertThat(last.equals(Instant.MIN) || last.plus(EVERY).equals(due))
                    .as("%s at %s, after %s", job, due, last)
                    .isTrue();
            last = due;
            late.computeIfAbsent(due, any -> new ArrayList<>())
                    .add(Duration.between(
                            due, Instant.parse(run.path("started_at").asText())));
        }
        assertThat(api.job(job).path("missed_count").asInt()).as(job).isZero();
    }
}
