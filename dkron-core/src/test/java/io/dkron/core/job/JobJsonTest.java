package io.dkron.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import io.dkron.core.json.Json;
import io.dkron.core.json.Profile;
import io.dkron.core.problem.InvalidInputException;
import io.dkron.core.problem.MalformedInputException;
import io.dkron.core.problem.Problem;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobJsonTest {
    private static final JobJson.Reading V4 = JobJson.Reading.of(Profile.V4, name -> false);
    private static final JobJson.Reading V1 = JobJson.Reading.of(Profile.V1, name -> false);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"name\":1|name|must be a string, not a number",
                "\"retries\":-1|retries|must be an integer from 0 to 2147483647, not -1",
                "\"retries\":1.5|retries|must be an integer from 0 to 2147483647, not 1.5",
                "\"retries\":1e3|retries|must be an integer from 0 to 2147483647, not 1e3",
                "\"retries\":99999999999999999999|retries|must be an integer from 0 to 2147483647, not 99999999999999999999",
                "\"executor_config\":{\"command\":5}|executor_config.command|must be a string, not a number",
                "\"executor_config\":[]|executor_config|must be an object, not an array",
                "\"tags\":\"x\"|tags|must be an object, not a string",
                "\"disabled\":\"true\"|disabled|must be a boolean, not a string",
                "\"starts_at\":\"tomorrow\"|starts_at|must be a time such as 2006-01-02T15:04:05Z, not \"tomorrow\"",
                "\"processors\":{\"log\":5}|processors.log|must be an object, not a number",
                "\"keep_logs\":true|keep_logs|must be an object, not a boolean",
            })
    void aValueOfAWrongTypeIsMalformedAndNamesItsField(String field, String path, String message) {
        InvalidInputException e = refused("{\"name\":\"job1\",\"schedule\":\"@every 1h\"," + field + "}", V4);
        assertThat(e).isInstanceOf(MalformedInputException.class);
        assertThat(e.problems()).containsExactly(new Problem(path, message));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"name\":\"\"|name|name cannot be empty",
                "\"name\":\"Bad Name\"|name|name contains illegal character 'B'",
                "\"name\":\"a/b\"|name|name contains illegal character '/'",
                "\"name\":\"a.b\"|name|name contains illegal character '.'",
                "\"name\":\"日本\"|name|name contains illegal character '日'",
                "\"timezone\":\"Mars/Phobos\"|timezone|unknown time zone Mars/Phobos",
                "\"timezone\":\"+02:00\"|timezone|unknown time zone +02:00",
                "\"schedule\":\"\"|schedule|can't parse job schedule: empty spec string",
                "\"schedule\":\"@reboot\"|schedule|can't parse job schedule: unrecognized descriptor: @reboot",
                "\"concurrency\":\"maybe\"|concurrency|invalid concurrency policy value, use \"allow\" or \"forbid\"",
                "\"parent_job\":\"job1\"|parent_job|the job can not have itself as parent",
                "\"executor\":\"shell\",\"executor_config\":{\"timeout\":\"soon\"}|executor_config.timeout|Error parsing job timeout value",
                "\"executor\":\"shell\",\"executor_config\":{\"mem_limit\":\"lots\"}|executor_config.mem_limit|Error parsing job memory limit value: invalid memory limit format: LOTS",
                "\"tags\":{\"role\":\"web:x\"}|tags.role|count must be an integer of at least 1, as in value:2",
                "\"tags\":{\"role\":\"web:0\"}|tags.role|count must be an integer of at least 1, as in value:2",
                "\"starts_at\":\"2030-01-01T00:00:00Z\",\"expires_at\":\"2029-01-01T00:00:00Z\"|expires_at|must not be before starts_at",
                "\"timeout\":\"1d\"|timeout|unknown unit \"d\" in duration \"1d\"",
                "\"timeout\":\"0s\"|timeout|must be above zero",
                "\"misfire\":\"never\"|misfire|must be skip, once or all",
                "\"misfire_grace\":\"-1s\"|misfire_grace|must not be negative",
                "\"retry_backoff\":0.5|retry_backoff|must be a number from 1 to 1000000",
                "\"retry_jitter\":1.1|retry_jitter|must be a number from 0 to 1",
                "\"notify_on\":\"x\"|notify_on|must be always, failure or change",
                "\"keep_logs\":{\"size\":\"x\"}|keep_logs.size|must be bytes with an optional unit",
                "\"keep_logs\":{\"age\":\"7d\"}|keep_logs.age|unknown unit \"d\" in duration \"7d\"",
            })
    void aBrokenRuleNamesItsFieldInDkronsWords(String field, String path, String message) {
        InvalidInputException e = refused("{\"name\":\"job1\",\"schedule\":\"@every 1h\"," + field + "}", V4);
        assertThat(e).isNotInstanceOf(MalformedInputException.class);
        assertThat(e.problems()).containsExactly(new Problem(path, message));
    }

    @Test
    void allWrongFieldsAreToldInFieldOrder() {
        InvalidInputException e = refused(
                "{\"concurrency\":\"maybe\",\"timezone\":\"Mars/Phobos\",\"retries\":-1,\"name\":\"Bad\",\"schedule\":\"@every 1h\",\"tags\":{\"a\":\"b:0\",\"c\":1}}",
                V4);
        assertThat(e).isInstanceOf(MalformedInputException.class);
        assertThat(e.problems().stream().map(Problem::field))
                .containsExactly("name", "timezone", "tags.c", "tags.a", "retries", "concurrency");
    }

    @ParameterizedTest
    @CsvSource({"[1],an array", "'\"x\"',a string", "null,null", "5,a number"})
    void whatIsNoObjectIsMalformed(String body, String kind) {
        assertThat(refused(body, V4))
                .isInstanceOf(MalformedInputException.class)
                .hasMessage("must be an object, not " + kind);
    }

    @ParameterizedTest
    @CsvSource({
        "niño,niño",
        "Bad Name,bad-name",
        "a/b,ab",
        "a.b,ab",
        "日本,日本",
        "' UPPER ',upper",
        "x_1-y,x_1-y",
    })
    void dialectV1RewritesNames(String sent, String name) {
        assertThat(JobJson.parse(body(Map.of("name", sent, "schedule", "@every 1h")), V1)
                        .definition()
                        .name()
                        .value())
                .isEqualTo(name);
    }

    @Test
    void aNameOfWhichDialectV1LeavesNothingIsRefused() {
        assertThat(refused("{\"name\":\"./.\",\"schedule\":\"@every 1h\"}", V1).problems())
                .containsExactly(new Problem("name", "name cannot be empty"));
    }

    @Test
    void aStoredNameIsValidWhateverTodaysRulesSay() {
        JobJson.Reading reading = JobJson.Reading.of(Profile.V4, "日本"::equals);
        assertThat(JobJson.parse(utf8("{\"name\":\"日本\",\"schedule\":\"@every 1h\"}"), reading)
                        .definition()
                        .name()
                        .value())
                .isEqualTo("日本");
    }

    @Test
    void aNameMayHave1024BytesAndNotOneMore() {
        assertThat(JobJson.parse(body(Map.of("name", "é".repeat(512), "schedule", "@every 1h")), V4))
                .isNotNull();
        assertThat(refused("{\"name\":\"" + "a".repeat(1025) + "\",\"schedule\":\"@every 1h\"}", V4)
                        .problems())
                .containsExactly(new Problem("name", "name is longer than 1024 bytes"));
    }

    @Test
    void namesMatchInAnyCaseTheExactOneWins() {
        JobDefinition job = JobJson.parse(
                        utf8(
                                "{\"name\":\"exact\",\"NAME\":\"other\",\"Schedule\":\"@hourly\",\"SCHEDULE\":\"@daily\",\"Owner_Email\":\"a@b\"}"),
                        V4)
                .definition();
        assertThat(job.name().value()).isEqualTo("exact");
        assertThat(job.schedule()).isEqualTo("@daily");
        assertThat(job.ownerEmail()).isEqualTo("a@b");
    }

    @Test
    void unknownFieldsWarnAndComputedOnesDoNot() {
        JobJson.Parsed parsed = JobJson.parse(
                utf8(
                        "{\"name\":\"j\",\"schedule\":\"@hourly\",\"wat\":1,\"id\":5,\"success_count\":\"x\",\"next\":1,\"status\":2,"
                                + "\"recent\":[],\"missed_count\":1,\"dependent_jobs\":{},\"last_error\":0,\"Zz\":{}}"),
                V4);
        assertThat(parsed.warnings()).containsExactly("unknown field wat", "unknown field Zz");
        assertThat(parsed.counters()).isEmpty();
    }

    @Test
    void fieldsNotSentAndNullAreAtTheirDefaults() {
        JobDefinition job = JobJson.parse(
                        utf8(
                                "{\"name\":\"job1\",\"schedule\":\"@every 1h\",\"tags\":null,\"retries\":null,\"concurrency\":null,\"starts_at\":null}"),
                        V4)
                .definition();
        assertThat(job)
                .isEqualTo(JobDefinition.named("job1").schedule("@every 1h").build());
    }

    @Test
    void anEmptyConcurrencyIsKept() {
        assertThat(JobJson.parse(utf8("{\"name\":\"j\",\"schedule\":\"@hourly\",\"concurrency\":\"\"}"), V4)
                        .definition()
                        .concurrency())
                .isEqualTo(Concurrency.UNSET);
    }

    @Test
    void dialectV1TakesFiveFields() {
        assertThat(JobJson.parse(utf8("{\"name\":\"j\",\"schedule\":\"0 0 3 * *\"}"), V1)
                        .definition()
                        .schedule())
                .isEqualTo("0 0 3 * *");
    }

    @Test
    void aChildNeedsNoSchedule() {
        assertThat(JobJson.parse(utf8("{\"name\":\"j\",\"parent_job\":\"mum\"}"), V4)
                        .definition()
                        .parent())
                .contains(new JobName("mum"));
    }

    @Tag("F64")
    @Test
    void valuesOfProcessorsMayBeBooleans() {
        JobDefinition job = JobJson.parse(
                        utf8(
                                "{\"name\":\"j\",\"schedule\":\"@hourly\",\"processors\":{\"z\":{\"forward\":true,\"n\":1},\"a\":null}}"),
                        V4)
                .definition();
        assertThat(job.processors().get("z")).containsExactly(Map.entry("forward", "true"), Map.entry("n", "1"));
        assertThat(job.processors().keySet()).containsExactly("z", "a");
    }

    @Test
    void htmlDatesAreReadAsUtc() {
        JobDefinition job = JobJson.parse(
                        utf8(
                                "{\"name\":\"j\",\"schedule\":\"@hourly\",\"starts_at\":\"2030-01-02T03:04\",\"expires_at\":\"2031-01-02T03:04:05+02:00\"}"),
                        V4)
                .definition();
        assertThat(job.startsAt()).contains(Instant.parse("2030-01-02T03:04:00Z"));
        assertThat(job.expiresAt()).contains(Instant.parse("2031-01-02T01:04:05Z"));
    }

    @Test
    void dialectV4ShowsAllFieldsInOrder() {
        Job job = new Job(
                JobDefinition.named("job1")
                        .schedule("@every 10s")
                        .tags(Map.of("dkron_server", "true:1"))
                        .executor("shell")
                        .executorConfig(Map.of("command", "date"))
                        .build(),
                JobState.created("u", Instant.EPOCH));
        assertThat(text(JobJson.write(job, List.of(), Profile.V4)))
                .isEqualTo(
                        "{\"id\":\"job1\",\"name\":\"job1\",\"displayname\":\"\",\"timezone\":\"\",\"schedule\":\"@every 10s\",\"owner\":\"\","
                                + "\"owner_email\":\"\",\"success_count\":0,\"error_count\":0,\"last_success\":null,\"last_error\":null,\"disabled\":false,"
                                + "\"tags\":{\"dkron_server\":\"true:1\"},\"metadata\":null,\"retries\":0,\"dependent_jobs\":null,\"parent_job\":\"\","
                                + "\"processors\":{},\"concurrency\":\"allow\",\"executor\":\"shell\",\"executor_config\":{\"command\":\"date\"},"
                                + "\"status\":\"\",\"next\":\"0001-01-01T00:00:00Z\",\"ephemeral\":false,\"starts_at\":null,\"expires_at\":null,"
                                + "\"timeout\":\"\",\"misfire\":\"once\",\"misfire_limit\":100,\"misfire_grace\":\"\",\"retry_delay\":\"\",\"retry_max_delay\":\"60s\","
                                + "\"retry_backoff\":2,\"retry_jitter\":0.2,\"notify_on\":\"always\",\"keep_logs\":null,\"missed_count\":0,\"skipped_count\":0,\"recent\":[]}");
        assertThat(text(JobJson.write(job, List.of(new JobName("kid"), new JobName("a")), Profile.V1)))
                .isEqualTo(
                        "{\"name\":\"job1\",\"timezone\":\"\",\"schedule\":\"@every 10s\",\"owner\":\"\",\"owner_email\":\"\",\"success_count\":0,"
                                + "\"error_count\":0,\"last_success\":\"0001-01-01T00:00:00Z\",\"last_error\":\"0001-01-01T00:00:00Z\",\"disabled\":false,"
                                + "\"tags\":{\"dkron_server\":\"true:1\"},\"retries\":0,\"dependent_jobs\":[\"kid\",\"a\"],\"parent_job\":\"\",\"processors\":null,"
                                + "\"concurrency\":\"allow\",\"executor\":\"shell\",\"executor_config\":{\"command\":\"date\"},\"status\":\"\","
                                + "\"next\":\"0001-01-01T00:00:00Z\"}");
    }

    @Test
    void whatIsShownCanBeSentBack() {
        forEachRandomJob(job -> {
            for (Profile dialect : List.of(Profile.V4, Profile.V1)) {
                JobJson.Parsed parsed = JobJson.parse(
                        JobJson.write(job, List.of(), dialect), JobJson.Reading.of(dialect, name -> true));
                assertThat(parsed.definition()).isEqualTo(job.definition());
                assertThat(parsed.warnings()).isEmpty();
            }
        });
    }

    @Test
    void whatIsStoredIsReadBack() {
        forEachRandomJob(job -> assertThat(JobJson.read(JobJson.store(job))).isEqualTo(job));
    }

    @Test
    void aBackupRestoresCountersButNoRunningState() {
        List<JobJson.Parsed> jobs = new ArrayList<>();
        JobJson.readBackup(
                new ByteArrayInputStream(
                        utf8(
                                "[{\"name\":\"a\",\"schedule\":\"@hourly\",\"success_count\":7,\"error_count\":2,\"last_success\":\"2020-01-01T00:00:00Z\","
                                        + "\"last_error\":null,\"status\":\"failed\"},{\"name\":\"b\",\"schedule\":\"@hourly\",\"status\":\"running\"}]")),
                V4,
                () -> {},
                jobs::add);
        assertThat(jobs.get(0).counters())
                .contains(new JobJson.Counters(
                        7, 2, Optional.of(Instant.parse("2020-01-01T00:00:00Z")), Optional.empty(), JobStatus.FAILED));
        assertThat(jobs.get(1).counters().orElseThrow().status()).isEqualTo(JobStatus.NONE);
    }

    @Test
    void everyBadJobOfABackupIsToldAndNoneIsHandedOutAfterTheFirst() {
        List<JobJson.Parsed> handedOut = new ArrayList<>();
        InvalidInputException e = catchThrowableOfType(
                InvalidInputException.class,
                () -> JobJson.readBackup(
                        new ByteArrayInputStream(
                                utf8(
                                        "[{\"name\":\"a\",\"schedule\":\"\"},null,{\"name\":\"ok\",\"schedule\":\"@hourly\"},{\"name\":5,\"schedule\":\"\"}]")),
                        V4,
                        () -> {},
                        handedOut::add));
        assertThat(e.problems().stream().map(Problem::field))
                .containsExactly("jobs[0].schedule", "jobs[1]", "jobs[3].name", "jobs[3].schedule");
        assertThat(handedOut).isEmpty();
    }

    @Test
    void aBackupWithVeryManyFaultsIsNotReadToItsEnd() {
        String wrong = "{\"name\":\"a\",\"schedule\":\"whenever\"},".repeat(3 * JobJson.MOST_FAULTS);
        InvalidInputException e = catchThrowableOfType(
                InvalidInputException.class,
                () -> JobJson.readBackup(
                        new ByteArrayInputStream(utf8("[" + wrong + "no JSON")),
                        V4,
                        () -> {},
                        job -> fail("handed out")));
        assertThat(e.problems()).hasSize(JobJson.MOST_FAULTS + 1);
        assertThat(e.problems().get(JobJson.MOST_FAULTS).field()).isEqualTo("jobs[" + JobJson.MOST_FAULTS + "]");
    }

    @Test
    void aMergePatchChangesOnlyWhatItNames() {
        Job job = new Job(
                JobDefinition.named("j")
                        .schedule("@hourly")
                        .owner("me")
                        .executor("shell")
                        .executorConfig(Map.of("command", "a", "env", "X=1"))
                        .build(),
                JobState.created("u", Instant.EPOCH));
        JobDefinition merged = JobJson.merge(
                        job,
                        utf8("{\"owner\":null,\"executor_config\":{\"command\":\"b\",\"env\":null},\"retries\":2}"),
                        V4)
                .definition();
        assertThat(merged)
                .isEqualTo(job.definition()
                        .with()
                        .owner("")
                        .executorConfig(Map.of("command", "b"))
                        .retry(new RetryPolicy(2, "", "60s", 2, 0.2))
                        .build());
    }

    @Tag("C160")
    @Test
    void aRecordOfDkron1IsRead() {
        Job job = JobJson.read(
                utf8(
                        "{\"name\":\"backup-db\",\"timezone\":\"\",\"schedule\":\"@every 1h\",\"owner\":\"ops\",\"owner_email\":\"\",\"success_count\":3,"
                                + "\"error_count\":1,\"last_success\":\"2019-06-01T12:00:02.104+02:00\",\"last_error\":\"0001-01-01T00:00:00Z\",\"disabled\":false,"
                                + "\"tags\":{\"role\":\"web:1\"},\"retries\":1,\"dependent_jobs\":null,\"parent_job\":\"\","
                                + "\"processors\":{\"log\":{\"forward\":true,\"reporting_node\":\"n1\"}},\"concurrency\":\"allow\",\"executor\":\"shell\","
                                + "\"executor_config\":{\"command\":\"/opt/backup.sh\"},\"status\":\"success\",\"next\":\"2019-06-01T11:00:00Z\",\"future\":{}}"));
        assertThat(job.state().successCount()).isEqualTo(3);
        assertThat(job.state().lastSuccess()).contains(Instant.parse("2019-06-01T10:00:02.104Z"));
        assertThat(job.state().lastError()).isEmpty();
        assertThat(job.state().next()).as("stale").isEmpty();
        assertThat(job.definition().processors()).containsEntry("log", new TreeMap<>(Map.of("forward", "true")));
    }

    @Test
    void whatARecordHoldsBeyondWhatIsKnownIsWrittenBack() {
        Job job = JobJson.read(
                utf8(
                        "{\"name\":\"a\",\"schedule\":\"@hourly\",\"executor\":\"x\",\"future\":{\"a\":[1.50,null]},\"Name2\":\"\u00e9\"}"));
        Job changed = job.with(job.definition().with().owner("o").build())
                .with(job.state().with().successCount(1).build());
        String stored = new String(JobJson.store(changed), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(stored).contains("\"future\":{\"a\":[1.50,null]}").contains("\"Name2\":\"\u00e9\"");
        assertThat(JobJson.read(JobJson.store(changed))).isEqualTo(changed);
        assertThat(new String(JobJson.write(changed, List.of(), Profile.V4), java.nio.charset.StandardCharsets.UTF_8))
                .doesNotContain("future");
    }

    @Test
    void aRecordOfDkron0HasItsCommandBesideTheJob() {
        JobDefinition job = JobJson.read(utf8(
                        "{\"name\":\"old\",\"schedule\":\"@hourly\",\"command\":\"echo\",\"shell\":true,\"environment_variables\":[\"A=1\",\"B=2\"],"
                                + "\"executor\":\"\",\"tags\":null,\"processors\":null,\"executor_config\":null}"))
                .definition();
        assertThat(job.executor()).isEqualTo("shell");
        assertThat(job.executorConfig()).isEqualTo(Map.of("command", "echo", "shell", "true", "env", "A=1,B=2"));
    }

    @Test
    void doubtsNameWhatCanOnlyFail() {
        assertThat(JobRules.doubts(JobDefinition.named("a").build(), "shell"::equals))
                .containsExactly("no executor: runs of this job fail");
        assertThat(JobRules.doubts(JobDefinition.named("a").executor("shell").build(), "shell"::equals))
                .containsExactly("no command: runs of this job fail");
        assertThat(JobRules.doubts(JobDefinition.named("a").executor("warp").build(), "shell"::equals))
                .containsExactly("no live member has executor warp");
    }

    @Test
    void doubtsNameWhatIsWrongInACall() {
        assertThat(callDoubts("http", Map.of()))
                .containsExactly("no url: runs of this job fail", "no method: runs of this job fail");
        assertThat(callDoubts(
                        "http",
                        Map.of(
                                "url",
                                "http://a",
                                "method",
                                "GET",
                                "headers",
                                "[\"no colon\"]",
                                "timeout",
                                "5s",
                                "expectCode",
                                "ok")))
                .hasSize(3)
                .anySatisfy(doubt -> assertThat(doubt).startsWith("headers element 1 has no colon"))
                .anySatisfy(doubt -> assertThat(doubt)
                        .startsWith("timeout must be whole seconds")
                        .contains("\"5s\""))
                .anySatisfy(doubt ->
                        assertThat(doubt).startsWith("expectCode must be codes").contains("\"ok\""));
        assertThat(callDoubts(
                        "http",
                        Map.of(
                                "url",
                                "http://a",
                                "method",
                                "GET",
                                "headers",
                                "[\"A: 1\"]",
                                "timeout",
                                "0",
                                "expectCode",
                                "200, 3xx")))
                .isEmpty();
        assertThat(callDoubts("grpc", Map.of("url", "a:1/b.C/D"))).isEmpty();
        assertThat(callDoubts("grpc", Map.of("expectCode", "17")))
                .containsExactly(
                        "no url: runs of this job fail",
                        "expectCode must be a gRPC status from 0 to 16, not \"17\": runs of this job fail");
    }

    private static List<String> callDoubts(String executor, Map<String, String> config) {
        JobDefinition job = JobDefinition.named("a")
                .executor(executor)
                .executorConfig(config)
                .build();
        return JobRules.doubts(job, executor::equals);
    }

    private interface Check {
        void on(Job job);
    }

    private static void forEachRandomJob(Check check) {
        long seed = System.nanoTime();
        System.out.println("JobJsonTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            check.on(new RandomJobs(random).next());
        }
    }

    /** Jobs with every field at a default or at something else. */
    private record RandomJobs(Random random) {
        Job next() {
            return new Job(definition(), state());
        }

        private JobDefinition definition() {
            JobDefinition.Builder job = JobDefinition.named("job-" + random.nextInt())
                    .displayName(text())
                    .timezone(random.nextBoolean() ? "" : "Europe/Berlin")
                    .schedule("@every " + (1 + random.nextInt(99)) + "m")
                    .owner(text())
                    .ownerEmail(text())
                    .disabled(random.nextBoolean())
                    .tags(map())
                    .metadata(map())
                    .retry(
                            random.nextBoolean()
                                    ? RetryPolicy.NONE
                                    : new RetryPolicy(random.nextInt(99), "1s", "5m", 1.5, 0.25))
                    .concurrency(Concurrency.values()[random.nextInt(3)])
                    .executor(random.nextBoolean() ? "" : "http")
                    .executorConfig(map())
                    .ephemeral(random.nextBoolean())
                    .timeout(random.nextBoolean() ? "" : "1h30m")
                    .misfire(
                            random.nextBoolean()
                                    ? MisfirePolicy.DEFAULT
                                    : new MisfirePolicy(Misfire.ALL, random.nextInt(9), "5s"))
                    .notifyOn(NotifyOn.values()[random.nextInt(3)])
                    .keepLogs(random.nextBoolean() ? Optional.empty() : Optional.of(new KeepLogs("1MB", "24h")));
            Map<String, SortedMap<String, String>> processors = new LinkedHashMap<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                processors.put("p" + random.nextInt(99), map());
            }
            job.processors(processors);
            if (random.nextBoolean()) {
                job.parent(new JobName("mum-" + random.nextInt()));
            }
            Optional<Instant> starts = time();
            job.startsAt(starts).expiresAt(starts.map(t -> t.plusSeconds(random.nextInt(1000))));
            return job.build();
        }

        private JobState state() {
            List<RecentGroup> recent = new ArrayList<>();
            List<MissedFirings> missed = new ArrayList<>();
            List<ExecutionId> live = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                Instant at = Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
                recent.add(new RecentGroup(
                        random.nextLong() >>> 1,
                        at,
                        JobStatus.values()[1 + random.nextInt(5)],
                        Duration.ofNanos(random.nextInt(1 << 30))));
                missed.add(new MissedFirings(
                        MissedFirings.Reason.values()[random.nextInt(5)],
                        1 + random.nextInt(9),
                        at,
                        at.plusSeconds(random.nextInt(9))));
                live.add(new ExecutionId(random.nextLong() >>> 1, "node-" + random.nextInt(9)));
            }
            return new JobState(
                    "u" + random.nextLong(),
                    1 + random.nextInt(99),
                    Instant.ofEpochSecond(random.nextInt(Integer.MAX_VALUE)),
                    time(),
                    time(),
                    random.nextLong() >>> 1,
                    random.nextLong() >>> 1,
                    live,
                    JobStatus.values()[random.nextInt(6)],
                    random.nextInt(99),
                    random.nextInt(99),
                    time(),
                    time(),
                    random.nextInt(3),
                    random.nextInt(3),
                    recent,
                    missed,
                    java.util.Collections.emptySortedMap());
        }

        private Optional<Instant> time() {
            return random.nextBoolean()
                    ? Optional.empty()
                    : Optional.of(
                            Instant.ofEpochSecond(random.nextInt(Integer.MAX_VALUE), random.nextInt(1_000_000_000)));
        }

        private String text() {
            return List.of("", "a", "quote\" \\ / \b\f\n\r\t", "ä日\ud83d\ude00\u0000", "<&>'")
                    .get(random.nextInt(5));
        }

        private SortedMap<String, String> map() {
            SortedMap<String, String> map = new TreeMap<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                map.put("k" + text(), "v" + random.nextInt());
            }
            return map;
        }
    }

    private static InvalidInputException refused(String body, JobJson.Reading reading) {
        return catchThrowableOfType(InvalidInputException.class, () -> JobJson.parse(utf8(body), reading));
    }

    private static byte[] body(Map<String, Object> fields) {
        return Json.write(fields);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }
}
