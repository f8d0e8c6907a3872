package io.dkron.tests.browser;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.Notification;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.MissedFirings;
import io.dkron.tests.support.Api;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * What a shop runs by night and day, with a history that ends now: most of it well, some of it not. The same at every
 * call but for the times. Commands that may fall due while tests run print; the others would find no file.
 */
final class Shop {
    /** Fails, and tells why. */
    static final String FAILED = "payments-reconcile";

    /** In the middle of a chain of seven. */
    static final String CHAINED = "warehouse-etl";

    /** Of each of the five members one execution. */
    static final String EVERYWHERE = "clean-uploads";

    /** Has a timeout, retries, processors, metadata and tags. */
    static final String RICH = "db-backup";

    private static final String DATABASE = "db-1";
    private static final Duration NEWEST = Duration.ofSeconds(20); // nothing ends later than that before now

    private final Instant now;
    private final Random random = new Random(20_240_229); // fixed: pictures differ in their times only
    private final Map<String, List<Past.Group>> written = new HashMap<>();

    Shop(Instant now) {
        this.now = now;
    }

    /** How a job did: which of its runs failed, counted back from the newest, and what they printed. */
    private static final class History {
        private final ObjectNode job;
        private final Duration since;
        private final double seconds;
        private final String printed;
        private final Map<Integer, String> failures = new HashMap<>();
        private final List<MissedFirings> missed = new ArrayList<>();
        private List<String> nodes = List.of(Site.AGENT);
        private int retriedAt = -1;
        private boolean told;

        History(ObjectNode job, Duration since, double seconds, String printed) {
            this.job = job;
            this.since = since;
            this.seconds = seconds;
            this.printed = printed;
        }

        History on(String... names) {
            nodes = List.of(names);
            if (nodes.equals(List.of(DATABASE))) {
                job.putObject("tags").put("role", "db");
            }
            return this;
        }

        History failed(int back, String output) {
            failures.put(back, output);
            return this;
        }

        /** That run failed at its first attempt only. */
        History retried(int back, String output) {
            retriedAt = back;
            return failed(back, output);
        }

        History tellingOf() {
            told = true;
            return this;
        }

        History missed(MissedFirings firings) {
            missed.add(firings);
            return this;
        }
    }

    /** Writes all of it. */
    void write(Past past) {
        for (History history : scheduled()) {
            write(past, history, firings(history));
        }
        for (History history : following()) { // in the order of the chain
            String parent = history.job.path("parent_job").asText();
            write(
                    past,
                    history,
                    written.get(parent).stream()
                            .filter(g -> g.attempts().stream().allMatch(a -> a.state() == ExecutionState.SUCCESS))
                            .map(Past.Group::end)
                            .filter(end -> end.isAfter(now.minus(history.since)))
                            .toList());
        }
    }

    private List<History> scheduled() {
        Duration day = Duration.ofDays(1);
        return List.of(
                new History(
                                job("orders-import", "0 */5 * * * *", "echo \"$(date +%-S) orders imported\"", "Shop"),
                                Duration.ofHours(8),
                                2.4,
                                "fetching 3 pages\n\u001b[32m42 orders imported\u001b[0m, 0 refused\n")
                        .failed(31, "exit status 22\ncurl: (22) The requested URL returned error: 502\n"),
                new History(
                                job(
                                        "stock-sync",
                                        "0 */15 * * * *",
                                        "echo \"1,204 articles compared, 3 differ\"",
                                        "Shop"),
                                Duration.ofHours(20),
                                11,
                                "1,204 articles compared, 3 differ\n")
                        .failed(5, "exit status 1\nwarehouse API: timeout after 10 s\n"),
                new History(
                                job(
                                                "search-index",
                                                "0 */20 * * * *",
                                                "echo \"index shop-7: 48,310 documents\"",
                                                "Search")
                                        .put("retries", 2),
                                day,
                                48,
                                "index shop-7: 48,310 documents\nalias shop -> shop-7\n")
                        .retried(9, "exit status 1\nConnectException: search-2:9200 refused the connection\n"),
                new History(
                                job("thumbnails", minute(35) + " * * * *", "/opt/media/bin/thumbnails --new", "Shop")
                                        .put("concurrency", "forbid"),
                                day,
                                95,
                                "312 pictures, 0 skipped\n")
                        .missed(new MissedFirings(
                                MissedFirings.Reason.FORBID,
                                1,
                                now.minus(5, ChronoUnit.HOURS),
                                now.minus(5, ChronoUnit.HOURS))),
                new History(
                                everywhere(job(
                                        EVERYWHERE,
                                        minute(45) + " * * * *",
                                        "/opt/tools/bin/clean-uploads --older-than 3d",
                                        "Platform")),
                                day,
                                1.6,
                                "removed 18 files, 212 MB\n")
                        .on("s1", "s2", "s3", Site.AGENT, DATABASE)
                        .failed(2, "exit status 1\n/srv/uploads: No space left on device\n"),
                new History(
                        job(CHAINED, "0 0 */3 * * *", etl(), "Data").put("timezone", "Europe/Berlin"),
                        Duration.ofDays(6),
                        540,
                        "orders: 18,220 rows\nlines: 61,904 rows\nstock: 9,310 rows\n"),
                new History(
                                backup(),
                                Duration.ofDays(45),
                                2460,
                                "dumping shop\n38.2 GB in 41 min\nuploaded to s3://backup\n")
                        .on(DATABASE)
                        .failed(11, "exit status 1\npg_dump: error: connection to server was lost\n"),
                new History(
                                job(
                                                FAILED,
                                                "0 15 6 * * *",
                                                "/opt/finance/bin/reconcile --yesterday --strict",
                                                "Finance")
                                        .put("timezone", "Europe/Berlin")
                                        .put("owner_email", "finance@shop.example")
                                        .put("retries", 1),
                                Duration.ofDays(40),
                                95,
                                reconciled())
                        .on(DATABASE)
                        .failed(0, unreconciled())
                        .failed(17, unreconciled())
                        .tellingOf(),
                new History(
                                job("certificates", "0 0 5 * * *", "/opt/tools/bin/renew --all", "Platform"),
                                Duration.ofDays(30),
                                8,
                                "14 certificates, 1 renewed\n")
                        .on(DATABASE),
                new History(
                        job("invoices-pdf", "0 30 7 * * MON-FRI", "/opt/finance/bin/invoices --pdf --mail", "Finance"),
                        Duration.ofDays(30),
                        310,
                        "118 invoices written, 118 sent\n"),
                new History(
                        job("newsletter", "0 0 9 * * THU", "/opt/shop/bin/newsletter --send", "Marketing")
                                .put("timezone", "Europe/Berlin"),
                        Duration.ofDays(60),
                        1210,
                        "48,112 recipients\n"),
                new History(
                        job("us-payouts", "0 0 18 * * MON-FRI", "/opt/finance/bin/payouts --region us", "Finance")
                                .put("timezone", "America/New_York"),
                        Duration.ofDays(30),
                        42,
                        "7 payouts, 18,220.40 USD\n"),
                new History(
                        job("exchange-rates", "0 0 8-18 * * MON-FRI", "/opt/finance/bin/rates --source ecb", "Finance")
                                .put("disabled", true),
                        Duration.ofDays(5),
                        3,
                        "32 rates\n"),
                new History(
                        job("quarter-closing", "@manually", "/opt/finance/bin/close --quarter", "Finance")
                                .put("displayname", "Closing of the quarter"),
                        day,
                        1,
                        ""));
    }

    private static List<History> following() {
        Duration week = Duration.ofDays(7);
        return List.of(
                new History(after(CHAINED, "sales-figures", "Data"), week, 38, "figures of 3 hours written\n"),
                new History(after(CHAINED, "stock-forecast", "Data"), week, 212, "9,310 articles forecast\n")
                        .failed(4, "exit status 137\nKilled\n"),
                new History(after("sales-figures", "sales-dashboard", "Data"), week, 12, "14 charts drawn\n"),
                new History(after("sales-figures", "margin-alerts", "Finance"), week, 4, "no alert\n"),
                new History(after("stock-forecast", "reorder", "Shop"), week, 21, "6 orders to 3 suppliers\n"),
                new History(after("reorder", "supplier-mails", "Shop"), week, 5, "3 mails sent\n"),
                new History(
                                after(RICH, "backup-verify", "Platform"),
                                Duration.ofDays(45),
                                380,
                                "restored and compared\n")
                        .on(DATABASE));
    }

    private static ObjectNode job(String name, String schedule, String command, String owner) {
        ObjectNode job = Api.shell(name, schedule, command).put("owner", owner);
        job.putObject("tags").put("role", "web");
        return job;
    }

    private static ObjectNode everywhere(ObjectNode job) {
        job.remove("tags");
        return job;
    }

    private static ObjectNode after(String parent, String name, String owner) {
        return job(name, "", "/opt/jobs/" + name, owner).put("parent_job", parent);
    }

    private static String etl() {
        return "for table in orders lines stock; do echo \"loading $table\"; sleep 300; done";
    }

    private static ObjectNode backup() {
        ObjectNode job = job(
                        RICH, "0 30 2 * * *", "/opt/backup/bin/dump shop --compress zstd --to s3://backup", "Platform")
                .put("timezone", "Europe/Berlin")
                .put("displayname", "Backup of the shop's database")
                .put("owner_email", "platform@shop.example")
                .put("concurrency", "forbid")
                .put("timeout", "1h")
                .put("retries", 2)
                .put("retry_delay", "5m")
                .put("retry_max_delay", "30m");
        job.putObject("metadata")
                .put("runbook", "https://wiki.shop.example/backup")
                .put("team", "platform");
        job.putObject("processors")
                .putObject("files")
                .put("log_dir", "/var/log/backup")
                .put("forward", "true");
        ((ObjectNode) job.get("executor_config")).put("env", "PGUSER=backup,TMPDIR=/srv/tmp");
        return job;
    }

    private static String reconciled() {
        return "reading 4 ledgers\n\u001b[32mok\u001b[0m card     1,204 bookings\n\u001b[32mok\u001b[0m bank       318 bookings\n"
                + "\u001b[32mok\u001b[0m voucher     22 bookings\n\u001b[32mok\u001b[0m cash         7 bookings\nall balanced\n";
    }

    private static String unreconciled() {
        StringBuilder text = new StringBuilder("exit status 3\nreading 4 ledgers\n");
        for (int i = 1; i <= 24; i++) {
            text.append(String.format("\u001b[2mbatch %02d\u001b[0m  %,6d bookings compared%n", i, 41 + i * 37 % 90));
        }
        return text.append(
                        "\u001b[32mok\u001b[0m card     1,204 bookings\n\u001b[32mok\u001b[0m bank       318 bookings\n")
                .append("\u001b[33mwarning\u001b[0m voucher: 2 bookings without a counterpart\n")
                .append("  booking #88121   7.90 EUR\n  booking #88140   4.50 EUR\n")
                .append("\u001b[1;31merror\u001b[0m ledgers differ by 12.40 EUR\n")
                .toString();
    }

    /** Seconds and minute of an hourly schedule that does not fall due in the next half hour. */
    private String minute(int later) {
        return "0 " + (now.atZone(ZoneOffset.UTC).getMinute() + later) % 60;
    }

    private List<Instant> firings(History history) {
        Instant since = now.minus(history.since);
        Instant until = now.minus(NEWEST).minusSeconds((long) (history.seconds * 1.3));
        return Past.schedule(Past.read(history.job), since).newest(since, until, 500);
    }

    private void write(Past past, History history, List<Instant> due) {
        List<Past.Group> groups = new ArrayList<>();
        boolean scheduled = !history.job.has("parent_job");
        for (int i = 0; i < due.size(); i++) {
            groups.add(group(history, due.get(i), due.size() - 1 - i, scheduled));
        }
        JobDefinition job = Past.read(history.job);
        past.write(job, groups, history.missed);
        written.put(job.name().value(), groups);
    }

    private Past.Group group(History history, Instant due, int back, boolean scheduled) {
        String failure = history.failures.getOrDefault(back, "");
        List<Past.Attempt> attempts = new ArrayList<>();
        Instant at = due.plusMillis(1 + random.nextInt(3));
        for (String node : history.nodes) {
            boolean here = !failure.isEmpty() && (history.nodes.size() == 1 || node.equals(Site.AGENT));
            Instant start = at.plusNanos((long) (1_000_000 * Math.exp(1.2 + random.nextGaussian() * 0.5)));
            attempts.add(attempt(history, node, 1, start, here ? failure : ""));
            int last = here ? Past.read(history.job).retry().retries() : 0;
            for (int number = 2; number <= Math.min(2, last + 1); number++) {
                Instant again = attempts.get(attempts.size() - 1).end().plusSeconds(15);
                attempts.add(attempt(history, node, number, again, back == history.retriedAt ? "" : failure));
            }
        }
        return new Past.Group(
                at,
                scheduled ? Trigger.SCHEDULE : Trigger.DEPENDENT,
                scheduled ? Optional.of(due) : Optional.empty(),
                attempts,
                history.told && !failure.isEmpty() ? told(attempts) : List.of());
    }

    private Past.Attempt attempt(History history, String node, int number, Instant start, String failure) {
        double share = failure.isEmpty() ? 0.9 + random.nextDouble() * 0.3 : 0.35 + random.nextDouble() * 0.2;
        Duration took = Duration.ofMillis((long) (history.seconds * 1000 * share));
        return new Past.Attempt(
                node,
                number,
                start,
                took,
                failure.isEmpty() ? ExecutionState.SUCCESS : ExecutionState.FAILED,
                failure.isEmpty() ? history.printed : failure);
    }

    private static List<Notification> told(List<Past.Attempt> attempts) {
        Instant end = attempts.get(attempts.size() - 1).end();
        return List.of(
                new Notification(Notification.Channel.MAIL, Notification.Moment.END, true, 1, end.plusMillis(420), ""),
                new Notification(
                        Notification.Channel.WEBHOOK, Notification.Moment.END, true, 2, end.plusMillis(2310), ""));
    }
}
