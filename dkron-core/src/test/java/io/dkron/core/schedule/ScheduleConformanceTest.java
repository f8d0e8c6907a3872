package io.dkron.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.problem.Problem;
import io.dkron.core.schedule.ScheduleParser.FiveFields;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cases of the conformance list that a schedule alone decides, by their numbers. */
class ScheduleConformanceTest {
    private static final Instant THURSDAY = Instant.parse("2026-01-15T10:20:30Z");

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            C050 | 0 * * * * *           | 2026-01-15T10:21:00Z 2026-01-15T10:22:00Z
            C050 | @minutely             | 2026-01-15T10:21:00Z 2026-01-15T10:22:00Z
            C051 | */7 * * * * *         | 2026-01-15T10:20:35Z 2026-01-15T10:20:42Z 2026-01-15T10:20:49Z 2026-01-15T10:20:56Z 2026-01-15T10:21:00Z
            C052 | 5/15 * * * * *        | 2026-01-15T10:20:35Z 2026-01-15T10:20:50Z 2026-01-15T10:21:05Z
            C053 | 10,40 20 10 * * *     | 2026-01-15T10:20:40Z 2026-01-16T10:20:10Z
            C054 | 0 5-20/5 8-10/2 * * * | 2026-01-16T08:05:00Z 2026-01-16T08:10:00Z 2026-01-16T08:15:00Z 2026-01-16T08:20:00Z 2026-01-16T10:05:00Z
            C055 | 0 0 9 ? * MON-FRI     | 2026-01-16T09:00:00Z 2026-01-19T09:00:00Z 2026-01-20T09:00:00Z 2026-01-21T09:00:00Z
            C056 | 0 0 0 * JAN,Jul SUN   | 2026-01-18T00:00:00Z 2026-01-25T00:00:00Z 2026-07-05T00:00:00Z
            C057 | 0 0 12 13 * FRI       | 2026-01-16T12:00:00Z 2026-01-23T12:00:00Z 2026-01-30T12:00:00Z 2026-02-06T12:00:00Z 2026-02-13T12:00:00Z
            C058 | 0 0 0 1,15 * MON      | 2026-01-19T00:00:00Z 2026-01-26T00:00:00Z 2026-02-01T00:00:00Z 2026-02-02T00:00:00Z
            C059 | 0 0 0 */2 * MON       | 2026-01-17T00:00:00Z 2026-01-19T00:00:00Z 2026-01-21T00:00:00Z 2026-01-23T00:00:00Z
            C062 | 0 0 0 29 2 *          | 2028-02-29T00:00:00Z 2032-02-29T00:00:00Z
            C064 | @yearly               | 2027-01-01T00:00:00Z 2028-01-01T00:00:00Z
            C064 | @annually             | 2027-01-01T00:00:00Z
            C064 | @monthly              | 2026-02-01T00:00:00Z
            C064 | @weekly               | 2026-01-18T00:00:00Z
            C064 | @daily                | 2026-01-16T00:00:00Z
            C064 | @midnight             | 2026-01-16T00:00:00Z
            C064 | @hourly               | 2026-01-15T11:00:00Z
            C066 | @every 1500ms         | 2026-01-15T10:20:31Z 2026-01-15T10:20:32Z
            C066 | @every 0s             | 2026-01-15T10:20:31Z 2026-01-15T10:20:32Z
            C066 | @every -1s            | 2026-01-15T10:20:31Z 2026-01-15T10:20:32Z
            C067 | @at 2030-01-02T03:04:05+02:00 | 2030-01-02T01:04:05Z
            C072 | "  0 0 3 * * *\t"     | 2026-01-16T03:00:00Z
            """)
    void firesInUtc(String number, String text, String firings) {
        BoundSchedule schedule = bound(parse(text.replace("\\t", "\t"), "job"), "UTC", THURSDAY);

        assertFires(schedule, THURSDAY, firings);
    }

    @Tag("F12")
    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(delimiter = '|', textBlock = """
            C076 | 0 0 3 * * *                    | Asia/Tokyo           | 2026-01-15T10:20:30Z | 2026-01-15T18:00:00Z
            C077 | CRON_TZ=Asia/Tokyo 0 0 3 * * * | Europe/Berlin        | 2026-01-15T10:20:30Z | 2026-01-15T18:00:00Z
            C078 | @daily                         | Asia/Kathmandu       | 2026-01-15T10:20:30Z | 2026-01-15T18:15:00Z 2026-01-16T18:15:00Z
            F02  | @daily                         | Asia/Tokyo           | 2026-01-15T10:20:30Z | 2026-01-15T15:00:00Z
            C080 | 0 0 9 * * *          | America/New_York     | 2026-03-06T16:00:00Z | 2026-03-07T14:00:00Z 2026-03-08T13:00:00Z
            C081 | 0 30 2 * * *         | Europe/Berlin        | 2026-03-28T12:00:00Z | 2026-03-29T01:00:00Z 2026-03-30T00:30:00Z
            C082 | 0 0 2,3 * * *        | Europe/Berlin        | 2026-03-28T12:00:00Z | 2026-03-29T01:00:00Z 2026-03-30T00:00:00Z
            C083 | 0 15,45 2 * * *      | Europe/Berlin        | 2026-03-28T12:00:00Z | 2026-03-29T01:00:00Z 2026-03-30T00:15:00Z
            C084 | 0 */15 2 * * *       | Europe/Berlin        | 2026-03-28T12:00:00Z | 2026-03-29T01:00:00Z 2026-03-30T00:00:00Z
            C085 | 0 30 1-3 * * *       | Europe/Berlin        | 2026-03-28T12:00:00Z | 2026-03-29T00:30:00Z 2026-03-29T01:00:00Z 2026-03-29T01:30:00Z
            C086 | 0 0 * * * *          | Europe/Berlin        | 2026-03-28T23:30:00Z | 2026-03-29T00:00:00Z 2026-03-29T01:00:00Z 2026-03-29T02:00:00Z
            C087 | 0 0 */2 * * *        | Europe/Berlin        | 2026-03-28T22:30:00Z | 2026-03-28T23:00:00Z 2026-03-29T02:00:00Z 2026-03-29T04:00:00Z
            C088 | 0 30 2 * * *         | Europe/Berlin        | 2026-10-24T12:00:00Z | 2026-10-25T00:30:00Z 2026-10-26T01:30:00Z
            C089 | 0 */15 2 * * *       | Europe/Berlin        | 2026-10-24T12:00:00Z | 2026-10-25T00:00:00Z 2026-10-25T00:15:00Z 2026-10-25T00:30:00Z 2026-10-25T00:45:00Z 2026-10-26T01:00:00Z
            C090 | 0 0 3 * * *          | Europe/Berlin        | 2026-10-24T12:00:00Z | 2026-10-25T02:00:00Z
            C091 | 0 */30 * * * *       | Europe/Berlin        | 2026-10-24T23:50:00Z | 2026-10-25T00:00:00Z 2026-10-25T00:30:00Z 2026-10-25T01:00:00Z 2026-10-25T01:30:00Z 2026-10-25T02:00:00Z
            C092 | 0 0 */2 * * *        | Europe/Berlin        | 2026-10-24T21:30:00Z | 2026-10-24T22:00:00Z 2026-10-25T00:00:00Z 2026-10-25T01:00:00Z 2026-10-25T03:00:00Z
            C093 | 0 30 2 * * *         | America/New_York     | 2026-03-07T16:00:00Z | 2026-03-08T07:00:00Z 2026-03-09T06:30:00Z
            C094 | 0 0 2 8 3 *          | America/New_York     | 2026-03-07T16:00:00Z | 2026-03-08T07:00:00Z 2027-03-08T07:00:00Z
            C095 | 0 30 1 * * *         | America/New_York     | 2026-10-31T16:00:00Z | 2026-11-01T05:30:00Z 2026-11-02T06:30:00Z
            C096 | 0 30 * * * *         | America/New_York     | 2026-11-01T04:00:00Z | 2026-11-01T04:30:00Z 2026-11-01T05:30:00Z 2026-11-01T06:30:00Z 2026-11-01T07:30:00Z
            C097 | 0 15 2 * * *         | Australia/Lord_Howe  | 2026-10-03T05:00:00Z | 2026-10-03T15:30:00Z 2026-10-04T15:15:00Z
            C098 | 0 */15 * * * *       | Australia/Lord_Howe  | 2026-10-03T15:00:00Z | 2026-10-03T15:15:00Z 2026-10-03T15:30:00Z 2026-10-03T15:45:00Z 2026-10-03T16:00:00Z
            C099 | 0 0 * * * *          | Australia/Lord_Howe  | 2026-10-03T14:00:00Z | 2026-10-03T14:30:00Z 2026-10-03T16:00:00Z 2026-10-03T17:00:00Z
            C100 | 0 45 1 * * *         | Australia/Lord_Howe  | 2026-04-04T05:00:00Z | 2026-04-04T14:45:00Z 2026-04-05T15:15:00Z
            C101 | 0 */15 * * * *       | Australia/Lord_Howe  | 2026-04-04T14:20:00Z | 2026-04-04T14:30:00Z 2026-04-04T14:45:00Z 2026-04-04T15:00:00Z 2026-04-04T15:15:00Z 2026-04-04T15:30:00Z
            C102 | @daily               | America/Sao_Paulo    | 2018-11-03T12:00:00Z | 2018-11-04T03:00:00Z 2018-11-05T02:00:00Z
            C103 | 0 30 23 * * *        | America/Sao_Paulo    | 2019-02-16T12:00:00Z | 2019-02-17T01:30:00Z 2019-02-18T02:30:00Z
            C104 | @daily               | America/Sao_Paulo    | 2019-11-02T12:00:00Z | 2019-11-03T03:00:00Z 2019-11-04T03:00:00Z
            C105 | 0 10 0 1 1 *         | Asia/Kathmandu       | 1985-12-01T00:00:00Z | 1985-12-31T18:30:00Z 1986-12-31T18:25:00Z
            C106 | 0 0 12 * * *         | Pacific/Apia         | 2011-12-29T12:00:00Z | 2011-12-29T22:00:00Z 2011-12-30T10:00:00Z 2011-12-30T22:00:00Z
            C107 | 0 0 12 30 12 *       | Pacific/Apia         | 2011-12-29T12:00:00Z | 2011-12-30T10:00:00Z 2012-12-29T22:00:00Z
            C108 | 0 0 9 * * FRI        | Pacific/Apia         | 2011-12-29T12:00:00Z | 2011-12-30T10:00:00Z 2012-01-05T19:00:00Z
            C109 | 0 0 * * * *          | Pacific/Apia         | 2011-12-30T08:30:00Z | 2011-12-30T09:00:00Z 2011-12-30T10:00:00Z 2011-12-30T11:00:00Z
            C110 | @daily               | Africa/Cairo         | 2026-04-23T12:00:00Z | 2026-04-23T22:00:00Z 2026-04-24T21:00:00Z
            """)
    void followsTheWallClock(String number, String text, String zone, Instant after, String firings) {
        assertFires(bound(parse(text, "job"), zone, after), after, firings);
    }

    @Tag("F07")
    @Tag("F08")
    @Test
    void c049WrongTextsAreRefusedWithDkronsReason() {
        assertThat(reason("* * * * *"))
                .isEqualTo("can't parse job schedule: expected exactly 6 fields, found 5: [* * * * *]; the first field"
                        + " is the second: put 0 first, as in 0 * * * * *");
        assertThat(reason("0 0 0 1 1 * 2030"))
                .isEqualTo("can't parse job schedule: expected exactly 6 fields, found 7: [0 0 0 1 1 * 2030]");
        assertThat(reason("61 * * * * *"))
                .isEqualTo("can't parse job schedule: end of range (61) above maximum (59): 61 in field second");
        assertThat(reason("5-1 * * * * *"))
                .startsWith("can't parse job schedule: beginning of range (5) beyond end of range (1): 5-1");
        assertThat(reason("@reboot")).isEqualTo("can't parse job schedule: unrecognized descriptor: @reboot");
        assertThat(reason("*/0 * * * * *"))
                .startsWith("can't parse job schedule: step of range should be a positive number: */0");
    }

    @Test
    void c061TheLastDayExistsInSomeMonthsOnly() {
        Instant after = Instant.parse("2026-01-31T00:00:00Z");

        assertFires(
                bound(parse("0 0 0 31 * *", "job"), "UTC", after), after, "2026-03-31T00:00:00Z 2026-05-31T00:00:00Z");
    }

    @Tag("F09")
    @Test
    void c063ALeapDayIsFoundEightYearsAhead() {
        Instant after = Instant.parse("2096-02-29T00:00:00Z");

        assertFires(bound(parse("0 0 0 29 2 *", "job"), "UTC", after), after, "2104-02-29T00:00:00Z");
    }

    @Test
    void c065EveryStartsAtTheSecondOfTheSave() {
        Instant saved = Instant.parse("2026-01-15T10:20:30.7Z");

        assertFires(
                bound(parse("@every 90m", "job"), "UTC", saved), saved, "2026-01-15T11:50:30Z 2026-01-15T13:20:30Z");
    }

    @Test
    void c067AndC068AtFiresOnceOrNeverWhenPast() {
        BoundSchedule past = bound(parse("@at 2001-01-01T00:00:00Z", "job"), "UTC", THURSDAY);
        BoundSchedule fraction = bound(parse("@at 2030-01-02T03:04:05.25Z", "job"), "UTC", THURSDAY);
        Instant due = Instant.parse("2030-01-02T03:04:05.25Z");

        assertThat(past.next(THURSDAY)).isEmpty();
        assertThat(fraction.next(THURSDAY)).contains(due);
        assertThat(fraction.next(due.minusNanos(1))).contains(due);
        assertThat(fraction.next(due)).isEmpty();
    }

    @Test
    void c069AndC070TheTildeComesFromTheNameOfTheJob() {
        assertFires(bound(parse("0 ~ ~ * * *", "abc"), "UTC", THURSDAY), THURSDAY, "2026-01-16T06:54:00Z");
        assertFires(bound(parse("0 ~ ~ * * *", "nightly"), "UTC", THURSDAY), THURSDAY, "2026-01-15T23:47:00Z");
    }

    @Test
    void c071AndC073SomeNeverFire() {
        assertThat(bound(parse("@manually", "job"), "UTC", THURSDAY).next(THURSDAY))
                .isEmpty();
        assertThat(bound(parse("0 0 0 30 2 *", "job"), "UTC", THURSDAY).next(THURSDAY))
                .isEmpty();
    }

    @Tag("F01")
    @Test
    void c079TheZoneOfTheServerMattersOnlyToJobsWithoutOne() {
        ZoneId server = ZoneId.of("America/New_York");
        Schedule schedule = parse("0 0 3 * * *", "job");

        assertThat(BoundSchedule.of(schedule, JobZone.parse("Asia/Tokyo").orThrow(), server, THURSDAY)
                        .next(THURSDAY))
                .contains(Instant.parse("2026-01-15T18:00:00Z"));
        assertThat(BoundSchedule.of(schedule, JobZone.parse("").orThrow(), server, THURSDAY)
                        .next(THURSDAY))
                .contains(Instant.parse("2026-01-16T08:00:00Z"));
        assertThat(BoundSchedule.of(
                                parse("TZ=Local 0 0 3 * * *", "job"),
                                JobZone.parse("Asia/Tokyo").orThrow(),
                                server,
                                THURSDAY)
                        .next(THURSDAY))
                .contains(Instant.parse("2026-01-16T08:00:00Z"));
    }

    private static void assertFires(BoundSchedule schedule, Instant after, String firings) {
        List<Instant> expected = new ArrayList<>();
        for (String firing : firings.split(" ")) {
            expected.add(Instant.parse(firing));
        }
        List<Instant> seen = new ArrayList<>();
        Optional<Instant> next = schedule.next(after);
        while (next.isPresent() && seen.size() < expected.size()) {
            seen.add(next.get());
            next = schedule.next(next.get());
        }
        Instant last = expected.get(expected.size() - 1);

        assertThat(seen).isEqualTo(expected);
        assertThat(schedule.due(after, last)).contains(new BoundSchedule.Due(expected.size(), expected.get(0), last));
        assertThat(schedule.newest(after, last, 2))
                .isEqualTo(expected.subList(Math.max(0, expected.size() - 2), expected.size()));
    }

    private static BoundSchedule bound(Schedule schedule, String zone, Instant anchor) {
        return BoundSchedule.of(schedule, JobZone.parse(zone).orThrow(), ZoneOffset.UTC, anchor);
    }

    private static Schedule parse(String text, String name) {
        return ScheduleParser.parse(text, name, FiveFields.REFUSED).orThrow();
    }

    private static String reason(String text) {
        List<Problem> problems =
                ScheduleParser.parse(text, "job", FiveFields.REFUSED).problems();
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).field()).isEqualTo("schedule");
        return problems.get(0).message();
    }
}
