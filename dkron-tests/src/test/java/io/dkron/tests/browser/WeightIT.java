package io.dkron.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobStatus;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Distribution;
import io.dkron.tests.support.DkronProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a first visit transfers while there are a thousand jobs (ten thousand in the profile {@code long}) and 100 members.
 * The jobs are there; of the members the server tells only because the test answers in its place. Times are printed, and
 * not judged.
 */
class WeightIT {
    private static final int MOST_BYTES = 300 * 1024;
    private static final int JOBS = Distribution.longRuns() ? 10_000 : 1_000;
    private static final int MEMBERS = 100;
    private static final int BATCH = 1_000;
    private static DkronProcess server;

    @BeforeAll
    static void aCrowd(@TempDir Path base) {
        server = DkronProcess.in(base).build();
        try (Past past = new Past(server.data())) {
            for (int i = 0; i < JOBS; i += BATCH) {
                past.crowd(jobs(i, BATCH), results(i / BATCH));
            }
        }
        server.start();
    }

    private static List<JobDefinition> jobs(int from, int count) {
        List<JobDefinition> jobs = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            String schedule = String.format(Locale.ROOT, "0 %d %d %d * *", i % 60, i / 60 % 24, 1 + i / 1440 % 28);
            ObjectNode job =
                    Api.shell(String.format(Locale.ROOT, "crowd-%05d", i), schedule, "/opt/crowd/bin/job " + i);
            job.put("displayname", "Job number " + i)
                    .put("owner", "Team " + i % 40)
                    .put("timezone", "Europe/Berlin");
            jobs.add(Past.read(job));
        }
        return jobs;
    }

    private static List<JobStatus> results(int batch) {
        List<JobStatus> results = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            results.add(i % 7 == batch ? JobStatus.FAILED : JobStatus.SUCCESS);
        }
        return results;
    }

    @AfterAll
    static void gone() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/ui/, .legend .figure",
        "/ui/jobs, table.jobs tbody tr:nth-child(50)",
        "/ui/cluster, table.members tbody tr:nth-child(100)",
        "/ui/jobs/crowd-00007, .firings li",
        "/ui/jobs/crowd-00007/edit, .group-schedule .next li"
    })
    void aFirstVisitTransfersLittle(String path, String ready) {
        try (Visitor visitor = new Visitor(server.url(), 1280, ColorScheme.LIGHT)) {
            Transfer transfer = new Transfer(visitor);
            visitor.page.route("**/v1/members", route -> members(route, transfer));
            visitor.open(path);
            assertThat(visitor.at(ready).first()).isVisible();
            assertThat(visitor.at("#cluster")).containsText("live");
            System.out.printf(
                    Locale.ROOT,
                    "weight page=%s jobs=%d members=%d requests=%d bytes=%d scripts=%d painted=%.0fms nodes=%s%n",
                    path,
                    JOBS,
                    MEMBERS,
                    transfer.requests(),
                    transfer.bytes(),
                    transfer.scripts(),
                    painted(visitor),
                    visitor.page.evaluate("document.querySelectorAll('*').length"));
            assertThat(transfer.bytes()).isBetween(10_000L, (long) MOST_BYTES);
        }
    }

    private static double painted(Visitor visitor) {
        return ((Number) visitor.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
                .doubleValue();
    }

    /** What a cluster of a hundred would say, counted as it would come: compressed. */
    private static void members(Route route, Transfer transfer) {
        ArrayNode all = Api.JSON.createArrayNode();
        for (int i = 0; i < MEMBERS; i++) {
            ObjectNode member =
                    (ObjectNode) server.api().get("/v1/members").json().get(0);
            String address = "10.1." + i / 250 + "." + (1 + i % 250);
            member.put("Name", String.format(Locale.ROOT, "host-%03d.example.com", i))
                    .put("Addr", address);
            member.put("id", "00000000-0000-0000-0000-" + String.format(Locale.ROOT, "%012d", i));
            ((ObjectNode) member.get("Tags")).put("rpc_addr", address + ":6868").put("rack", "r" + i % 12);
            all.add(member);
        }
        byte[] body = all.toString().getBytes(StandardCharsets.UTF_8);
        transfer.add(compressed(body));
        route.fulfill(new Route.FulfillOptions()
                .setContentType("application/json; charset=utf-8")
                .setBodyBytes(body));
    }

    private static long compressed(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.size();
    }

    /** Counts what comes over the wire, headers and all, as the browser's own tools do. */
    private static final class Transfer {
        private final List<String> scripts = new ArrayList<>();
        private long requests;
        private long bytes;
        private long ofScripts;

        Transfer(Visitor visitor) {
            CDPSession session = visitor.page.context().newCDPSession(visitor.page);
            session.send("Network.enable");
            session.on("Network.requestWillBeSent", event -> requests++);
            session.on("Network.responseReceived", event -> {
                JsonObject response = event.getAsJsonObject("response");
                if (response.get("mimeType").getAsString().contains("javascript")) {
                    scripts.add(event.get("requestId").getAsString());
                }
                count(event, response.get("encodedDataLength").getAsLong());
            });
            session.on(
                    "Network.dataReceived",
                    event -> count(event, event.get("encodedDataLength").getAsLong()));
        }

        private void count(JsonObject event, long more) {
            bytes += more;
            if (scripts.contains(event.get("requestId").getAsString())) {
                ofScripts += more;
            }
        }

        void add(long more) {
            bytes += more;
        }

        long requests() {
            return requests;
        }

        long bytes() {
            return bytes;
        }

        long scripts() {
            return ofScripts;
        }
    }
}
