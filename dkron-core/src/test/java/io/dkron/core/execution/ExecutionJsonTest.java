package io.dkron.core.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.core.json.Json;
import io.dkron.core.json.JsonOut;
import io.dkron.core.json.Profile;
import io.dkron.core.problem.MalformedInputException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecutionJsonTest {
    private static final ExecutionId ID = new ExecutionId(1795509644125470888L, "node1");
    private static final Execution RUN = new Execution(
            ID,
            new JobName("alpha"),
            new RunKey("u1", "due:1", "node1", 1),
            1795509644122149251L,
            Trigger.SCHEDULE,
            Optional.of(Instant.parse("2026-11-24T08:40:44Z")),
            Optional.empty(),
            ExecutionState.SUCCESS,
            Instant.parse("2026-11-24T08:40:44.125470888Z"),
            Optional.of(Instant.parse("2026-11-24T08:40:44.129595070Z")),
            "j1",
            false,
            OutputTail.whole("hello\n".getBytes(StandardCharsets.UTF_8)));

    @Test
    void dialectV4ShowsTextAndOurFieldsLast() {
        assertThat(listed(RUN, Profile.V4, -1))
                .isEqualTo(
                        "{\"id\":\"1795509644125470888-node1\",\"job_name\":\"alpha\",\"started_at\":\"2026-11-24T08:40:44.125470888Z\","
                                + "\"finished_at\":\"2026-11-24T08:40:44.12959507Z\",\"success\":true,\"output\":\"hello\\n\",\"node_name\":\"node1\","
                                + "\"group\":1795509644122149251,\"attempt\":1,\"output_truncated\":false,"
                                + "\"scheduled_at\":\"2026-11-24T08:40:44Z\",\"trigger\":\"schedule\",\"state\":\"success\"}");
    }

    @Test
    void whatBecameOfTellingOthersIsShownWhereThereIsSomething() {
        Notification delivered = new Notification(
                Notification.Channel.MAIL, Notification.Moment.END, true, 1, Instant.parse("2026-11-24T08:41:00Z"), "");
        Notification failed = new Notification(
                Notification.Channel.WEBHOOK,
                Notification.Moment.END,
                false,
                3,
                Instant.parse("2026-11-24T08:42:00Z"),
                "HTTP 503");
        Execution told = RUN.told(java.util.List.of(delivered, failed, delivered));
        assertThat(listed(told, Profile.V4, -1))
                .contains(
                        "\"notifications\":[{\"channel\":\"mail\",\"event\":\"end\",\"state\":\"delivered\",\"attempts\":1,"
                                + "\"at\":\"2026-11-24T08:41:00Z\"},{\"channel\":\"webhook\",\"event\":\"end\",\"state\":\"failed\","
                                + "\"attempts\":3,\"at\":\"2026-11-24T08:42:00Z\",\"error\":\"HTTP 503\"}]");
        assertThat(listed(told, Profile.V1, -1)).isEqualTo(listed(RUN, Profile.V1, -1));
        assertThat(ExecutionJson.read(ID, ExecutionJson.store(told))).isEqualTo(told);
    }

    @Test
    void dialectV1ShowsBase64AndOnlyItsFields() {
        assertThat(listed(RUN, Profile.V1, -1))
                .isEqualTo(
                        "{\"job_name\":\"alpha\",\"started_at\":\"2026-11-24T08:40:44.125470888Z\",\"finished_at\":\"2026-11-24T08:40:44.12959507Z\","
                                + "\"success\":true,\"output\":\"aGVsbG8K\",\"node_name\":\"node1\",\"group\":1795509644122149251,\"attempt\":1}");
    }

    @Test
    void aRunningOneWithoutOutputHasTheZeroTimeAndNoOutput() {
        Execution running = RUN.with()
                .state(ExecutionState.RUNNING)
                .finishedAt(Optional.empty())
                .output(OutputTail.EMPTY)
                .build();
        assertThat(listed(running, Profile.V4, -1))
                .contains("\"finished_at\":\"0001-01-01T00:00:00Z\",\"success\":false,\"node_name\"")
                .contains("\"state\":\"running\"");
    }

    @ParameterizedTest
    @CsvSource({"2,'o\n',true", "6,'hello\n',false", "0,,true", "100,'hello\n',false"})
    void theOutputLimitKeepsTheEnd(int limit, String output, boolean cut) {
        var map = Json.readObject(listed(RUN, Profile.V4, limit).getBytes(StandardCharsets.UTF_8));
        assertThat(map.get("output")).isEqualTo(output);
        assertThat(map).containsEntry("output_truncated", cut);
        assertThat(map.containsKey("output_size")).isEqualTo(cut);
    }

    @Test
    void theOutputLimitSplitsNoCharacter() {
        byte[] text = "aé日\ud83d\ude00".getBytes(StandardCharsets.UTF_8);
        for (int limit = 0; limit <= text.length; limit++) {
            assertThat(ExecutionJson.text(ExecutionJson.last(text, limit)))
                    .as("limit %d", limit)
                    .doesNotContain("\ufffd");
        }
    }

    @Test
    void whatIsNoUtf8BecomesTheReplacementCharacter() {
        Execution binary = RUN.with()
                .output(OutputTail.whole(new byte[] {(byte) 0xff, 0, 'a'}))
                .build();
        assertThat(listed(binary, Profile.V4, -1)).contains("\"output\":\"\ufffd\\u0000a\"");
    }

    @Test
    void aCutOutputIsMarkedWithItsSizeAlsoAlone() {
        Execution cut =
                RUN.with().output(new OutputTail("end".getBytes(), 300_000)).build();
        String single = new String(ExecutionJson.write(cut, Profile.V4, ExecutionJson.View.SINGLE));
        assertThat(single).contains("\"output_truncated\":true").endsWith("\"output_size\":300000}");
        assertThat(new String(ExecutionJson.write(RUN, Profile.V4, ExecutionJson.View.SINGLE)))
                .doesNotContain("output_truncated");
    }

    @Test
    void eventsCarryNoOutputAndTheGroupAsText() {
        assertThat(new String(ExecutionJson.write(RUN, Profile.V4, ExecutionJson.View.EVENT)))
                .contains("\"group\":\"1795509644122149251\"")
                .doesNotContain("output");
    }

    @Test
    void whatIsStoredIsReadBack() {
        long seed = System.nanoTime();
        System.out.println("ExecutionJsonTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            Execution e = random(random);
            assertThat(ExecutionJson.read(e.id(), ExecutionJson.store(e))).isEqualTo(e);
        }
    }

    private static Execution random(Random r) {
        ExecutionState state = ExecutionState.values()[r.nextInt(ExecutionState.values().length)];
        byte[] output = new byte[r.nextInt(40)];
        r.nextBytes(output);
        Execution plain = new Execution(
                new ExecutionId(r.nextLong() >>> 1, "node-" + r.nextInt(9)),
                new JobName("job" + r.nextInt()),
                new RunKey(
                        "u" + r.nextInt(),
                        "parent:" + r.nextInt() + ":" + r.nextLong(),
                        "n-" + r.nextInt(),
                        1 + r.nextInt(9)),
                r.nextLong() >>> 1,
                Trigger.values()[r.nextInt(Trigger.values().length)],
                time(r),
                time(r),
                state,
                time(r).orElse(Instant.EPOCH),
                state.ended() ? Optional.of(time(r).orElse(Instant.EPOCH)) : Optional.empty(),
                r.nextBoolean() ? "" : "j" + r.nextInt(),
                r.nextBoolean(),
                new OutputTail(output, output.length + (r.nextBoolean() ? 0 : 1 + r.nextInt(1000))));
        return r.nextBoolean()
                ? plain
                : plain.with()
                        .processorErrors(List.of("files: no \"" + r.nextInt() + "\"", "\ud83d\ude00"))
                        .build();
    }

    @Test
    @DisplayName("F64: errors of processors are shown only where there are any, never in dialect v1")
    void f64ProcessorErrorsAreShownWhereThereAreAny() {
        Execution marked =
                RUN.with().processorErrors(List.of("files: cannot write /x")).build();
        assertThat(listed(marked, Profile.V4, -1))
                .endsWith("\"state\":\"success\",\"processor_errors\":[\"files: cannot write /x\"]}");
        assertThat(listed(marked, Profile.V1, -1)).doesNotContain("processor_errors");
        assertThat(listed(RUN, Profile.V4, -1)).doesNotContain("processor_errors");
    }

    private static Optional<Instant> time(Random r) {
        return r.nextBoolean()
                ? Optional.empty()
                : Optional.of(Instant.ofEpochSecond(r.nextInt(Integer.MAX_VALUE), r.nextInt(1_000_000_000)));
    }

    @Tag("C160")
    @Test
    void aRecordOfDkron1IsRead() {
        Execution e = ExecutionJson.read(
                new ExecutionId(1559383200000123456L, "node1"),
                ("{\"job_name\":\"backup-db\",\"started_at\":\"2019-06-01T10:00:00.000123456Z\",\"finished_at\":\"2019-06-01T12:00:02.104+02:00\","
                                + "\"success\":true,\"output\":\"b2sK\",\"node_name\":\"node1\",\"group\":1559383200000000000,\"attempt\":1}")
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(e.state()).isEqualTo(ExecutionState.SUCCESS);
        assertThat(e.finishedAt()).contains(Instant.parse("2019-06-01T10:00:02.104Z"));
        assertThat(e.group()).isEqualTo(1559383200000000000L);
        assertThat(ExecutionJson.text(e.output().bytes())).isEqualTo("ok\n");
        assertThat(e.key().jobUid()).isEmpty();
    }

    @Test
    void absentFieldsOfDkron1AreFalseEmptyAndZero() {
        Execution e = ExecutionJson.read(
                new ExecutionId(5, "n-1"),
                "{\"job_name\":\"a\",\"started_at\":\"2019-06-01T10:00:00Z\",\"finished_at\":\"0001-01-01T00:00:00Z\"}"
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(e.state()).isEqualTo(ExecutionState.RUNNING);
        assertThat(e.node()).isEqualTo("n-1");
        assertThat(e.attempt()).isEqualTo(1);
        assertThat(e.finishedAt()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {"[]", "{}", "x", "`{\"job_name\":\"a\",\"output\":\"%%\"}`"})
    void whatIsNoExecutionIsRefused(String text) {
        assertThatThrownBy(() -> ExecutionJson.read(ID, text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedInputException.class);
    }

    private static String listed(Execution e, Profile profile, int limit) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonOut json = Json.writer(out)) {
            ExecutionJson.write(json, e, profile, ExecutionJson.View.LISTED, limit);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
