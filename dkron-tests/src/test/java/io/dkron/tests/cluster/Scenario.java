package io.dkron.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.tests.cluster.Evidence.Line;
import io.dkron.tests.cluster.Evidence.Told;
import io.dkron.tests.cluster.Evidence.View;
import io.dkron.tests.cluster.Evidence.Watched;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Cluster;
import io.dkron.tests.support.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Jobs that fire and clients that write while a fault happens; then everything is brought to rest, all that remains is
 * gathered, and the checker must find nothing.
 */
final class Scenario {
    /** Which nodes a fault takes so far away that their runs may fail; and that a firing may have fewer targets. */
    enum Loses {
        NOTHING,
        SERVERS,
        AGENTS,
        ALL
    }

    private static Optional<Scenario> open = Optional.empty();

    private final Cluster cluster;
    private final String name;
    private final Witness witness;
    private final List<Watched> jobs = new ArrayList<>();
    private final Clients clients;
    private final Instant begun = Instant.now();

    private Scenario(Cluster cluster, String name, Loses loses) {
        this.cluster = cluster;
        this.name = name;
        this.witness = new Witness(cluster.base());
        boolean agents = loses == Loses.AGENTS || loses == Loses.ALL;
        boolean servers = loses == Loses.SERVERS || loses == Loses.ALL;
        OptionalInt all = agents
                ? OptionalInt.empty()
                : OptionalInt.of(Math.max(1, cluster.agents().size()));
        OptionalInt one = OptionalInt.of(1);
        post("any", "@every 1s", "0", "role=web:1", new Watched(name + "-any", secs(1), one, agents, false));
        post("all", "@every 2s", "0.5", "role=web", new Watched(name + "-all", secs(2), all, agents, false));
        post("long", "@every 2s", "2.5", "role=web:1", new Watched(name + "-long", secs(2), one, agents, false));
        post("alone", "@every 1s", "1.4", "role=web:1", new Watched(name + "-alone", secs(1), one, agents, true));
        post(
                "server",
                "@every 2s",
                "0.2",
                "server=true:1",
                new Watched(name + "-server", secs(2), one, servers, false));
        post("hand", "@manually", "0", "role=web:1", new Watched(name + "-hand", Duration.ZERO, one, agents, false));
        saved(Api.base(name + "-count"));
        clients = new Clients(cluster.servers(), name).start();
    }

    /** Starts jobs and clients, and waits until each job has run. */
    static Scenario begin(Cluster cluster, String name, Loses loses) {
        Scenario scenario = new Scenario(cluster, name, loses);
        open = Optional.of(scenario);
        await("the jobs of " + name + " to run")
                .atMost(Duration.ofSeconds(30))
                .until(() -> scenario.jobs.stream()
                        .noneMatch(j -> scenario.witness.lines(j.name()).isEmpty()));
        return scenario;
    }

    /** Ends the clients of a scenario that broke off, and removes its jobs: they would spoil those after it. */
    static void abandon() {
        Optional<Scenario> left = open;
        open = Optional.empty();
        left.ifPresent(scenario -> {
            scenario.clients.stop();
            scenario.remove();
        });
    }

    private static Duration secs(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    private void post(String kind, String schedule, String seconds, String tag, Watched watched) {
        ObjectNode job = Api.shell(watched.name(), schedule, witness.command(watched.name(), seconds));
        String[] pair = tag.split("=", 2);
        job.putObject("tags").put(pair[0], pair[1]);
        if (kind.equals("alone")) {
            job.put("concurrency", "forbid");
        }
        saved(job);
        jobs.add(watched);
    }

    private void saved(ObjectNode job) {
        await("POST of " + job.path("name"))
                .atMost(Duration.ofSeconds(20))
                .ignoreExceptionsInstanceOf(java.io.UncheckedIOException.class)
                .until(() ->
                        cluster.leader().api().post("/v1/jobs", job.toString()).status() == 201);
    }

    /** Waits until each firing job has fired after this moment: the schedule goes on. */
    void awaitFirings() {
        long now = nanos(Instant.now());
        await("the jobs of " + name + " to fire again")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> witness.lines(name + "-any").stream().anyMatch(l -> l.nanos() > now));
    }

    private static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }

    /** Tokens of processes of a kind of job that began after an instant, on that node. */
    List<Line> startedOn(Node node, String kind, Instant after) {
        return witness.lines(name + "-" + kind).stream()
                .filter(l -> !l.end() && l.node().equals(node.name()) && l.nanos() > nanos(after))
                .toList();
    }

    /** Brings it to rest, and holds everything against everything. */
    void end() {
        Told told = clients.stop();
        for (Watched job : jobs) {
            disable(job.name());
        }
        awaitEnded();
        Map<String, View> views = awaitAgreement();
        List<Line> written = new ArrayList<>();
        jobs.forEach(j -> written.addAll(witness.lines(j.name())));
        Evidence evidence = new Evidence(jobs, written, views, told, Witness.leads(cluster.servers()));
        List<String> faults = HistoryCheck.faults(evidence);
        View view = views.values().iterator().next();
        System.out.printf(
                "%s: %s s; %d runs, %d not successful; %s missed; %s%n",
                name,
                Duration.between(begun, Instant.now()).toSeconds(),
                view.runs().size(),
                view.runs().stream().filter(r -> !r.succeeded()).count(),
                view.missed().stream()
                        .collect(Collectors.groupingBy(
                                Evidence.Missed::reason, TreeMap::new, Collectors.summingLong(Evidence.Missed::count))),
                clients.summary());
        remove();
        assertThat(clients.unanswered())
                .as("requests in " + name + " that a server which ran never answered")
                .isEmpty();
        assertThat(faults).as("contradictions in " + name).isEmpty();
    }

    private void disable(String job) {
        await("toggle of " + job)
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(java.io.UncheckedIOException.class)
                .until(() -> {
                    Api api = cluster.leader().api();
                    return api.job(job).path("disabled").asBoolean()
                            || api.post("/v1/jobs/" + job + "/toggle").status() == 200;
                });
    }

    private void awaitEnded() {
        await("every execution of " + name + " to end")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(300))
                .ignoreExceptionsInstanceOf(java.io.UncheckedIOException.class)
                .untilAsserted(
                        () -> assertThat(unended()).as("executions not ended").isEmpty());
    }

    private List<JsonNode> unended() {
        Api api = cluster.leader().api();
        List<JsonNode> left = new ArrayList<>();
        for (Watched job : jobs) {
            for (JsonNode execution : api.executions(job.name())) {
                String state = execution.path("state").asText();
                if (state.equals("running") || state.equals("waiting")) {
                    left.add(execution);
                }
            }
        }
        return left;
    }

    /** What the servers show, read again until they agree or 20 s are over; who still differs is the checker's to say. */
    private Map<String, View> awaitAgreement() {
        Instant limit = Instant.now().plusSeconds(20);
        while (true) {
            Map<String, View> views = new LinkedHashMap<>();
            for (Node server : cluster.servers()) {
                views.put(server.name(), witness.view(server, jobs));
            }
            if (Set.copyOf(views.values()).size() == 1 || Instant.now().isAfter(limit)) {
                return views;
            }
            java.util.concurrent.locks.LockSupport.parkNanos(300_000_000L);
        }
    }

    private void remove() {
        Set<String> names = new HashSet<>(clients.names());
        jobs.forEach(j -> names.add(j.name()));
        names.add(name + "-count");
        List<String> all = new ArrayList<>(names);
        for (int i = 0; i < all.size(); i += 500) {
            ObjectNode body = Api.JSON.createObjectNode().put("action", "delete");
            ArrayNode chunk = body.putArray("names");
            all.subList(i, Math.min(all.size(), i + 500)).forEach(chunk::add);
            assertThat(cluster.leader()
                            .api()
                            .post("/v1/jobs/bulk", body.toString())
                            .status())
                    .isEqualTo(200);
        }
    }
}
