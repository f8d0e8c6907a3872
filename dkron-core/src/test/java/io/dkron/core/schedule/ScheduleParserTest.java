package io.dkron.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.schedule.ScheduleParser.FiveFields;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleParserTest {
    private static final long ALL_60 = (1L << 60) - 1;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ""                            | empty spec string
            every day                     | expected exactly 6 fields, found 2: [every day]
            " "                           | expected exactly 6 fields, found 0: []
            " @daily"                     | expected exactly 6 fields, found 1: [@daily]
            "@daily "                     | unrecognized descriptor: @daily
            @Daily                        | unrecognized descriptor: @Daily
            @every                        | unrecognized descriptor: @every
            "@every "                     | failed to parse duration @every : invalid duration ""
            @every 1d                     | failed to parse duration @every 1d: unknown unit "d" in duration "1d"
            @every  1s                    | failed to parse duration @every  1s: invalid duration " 1s"
            @every 2562048h               | failed to parse duration @every 2562048h: invalid duration "2562048h"
            @at                           | unrecognized descriptor: @at
            @at tomorrow                  | failed to parse date @at tomorrow
            @at 2030-01-02T03:04:05       | failed to parse date @at 2030-01-02T03:04:05
            @at 2030-01-02t03:04:05z      | failed to parse date @at 2030-01-02t03:04:05z
            TZ=UTC                        | no schedule after TZ=UTC
            TZ=Mars/Phobos @daily         | provided bad location Mars/Phobos: unknown time zone Mars/Phobos
            TZ=+01:00 @daily              | provided bad location +01:00: unknown time zone +01:00
            TZ=UTC @manually              | unrecognized descriptor: @manually
            TZ=UTC @at 2030-01-02T03:04:05Z | unrecognized descriptor: @at
            " TZ=UTC 0 * * * * *"         | expected exactly 6 fields, found 7
            60 * * * * *                  | end of range (60) above maximum (59): 60 in field second
            * 60 * * * *                  | end of range (60) above maximum (59): 60 in field minute
            * * 24 * * *                  | end of range (24) above maximum (23): 24 in field hour
            * * * 0 * *                   | beginning of range (0) below minimum (1): 0 in field day of month
            * * * 32 * *                  | end of range (32) above maximum (31): 32 in field day of month
            * * * * 13 *                  | end of range (13) above maximum (12): 13 in field month
            * * * * * 7                   | end of range (7) above maximum (6): 7 in field day of week
            1,2-70 * * * * *              | end of range (70) above maximum (59): 2-70
            * * * L * *                   | failed to parse int from L: not a number in field day of month
            * * * 15W * *                 | failed to parse int from 15W
            * * * * * 5#2                 | failed to parse int from 5#2
            * * * * JANU *                | failed to parse int from JANU
            jan * * * * *                 | failed to parse int from jan: not a number in field second
            1-2-3 * * * * *               | too many hyphens: 1-2-3
            1/2/3 * * * * *               | too many slashes: 1/2/3
            -1 * * * * *                  | failed to parse int from : not a number
            1- * * * * *                  | failed to parse int from : not a number
            /5 * * * * *                  | failed to parse int from : not a number
            */ * * * * *                  | failed to parse int from : not a number
            */-5 * * * * *                | failed to parse int from -5
            *-5 * * * * *                 | * takes no range: *-5
            5-* * * * * *                 | failed to parse int from *
            ** * * * * *                  | failed to parse int from **
            5/0 * * * * *                 | step of range should be a positive number: 5/0
            ~/0 * * * * *                 | step of range should be a positive number: ~/0
            1~30 * * * * *                | ~ takes no range: 1~30
            ~-30 * * * * *                | ~ takes no range: ~-30
            5-~ * * * * *                 | ~ takes no range: 5-~
            99999999999999999999 * * * * * | failed to parse int from 99999999999999999999
            */99999999999999999999 * * * * * | failed to parse int from 99999999999999999999
            ٣ * * * * *                   | failed to parse int from ٣
            """)
    void refusesWhatDkronRefusesAndSaysWhy(String text, String reason) {
        String message = ScheduleParser.parse(text, "job", FiveFields.REFUSED).problems().stream()
                .map(p -> p.field() + ": " + p.message())
                .findFirst()
                .orElse("nothing");

        assertThat(message).startsWith("schedule: can't parse job schedule: " + reason);
    }

    @Test
    void namesEveryWrongFieldAtOnce() {
        assertThat(ScheduleParser.parse("61 * 24 * * *", "job", FiveFields.REFUSED)
                        .problems()
                        .get(0)
                        .message())
                .isEqualTo("can't parse job schedule: end of range (61) above maximum (59): 61 in field second; "
                        + "end of range (24) above maximum (23): 24 in field hour");
    }

    @Test
    void longTextsAreNotRepeatedInMessages() {
        String message = ScheduleParser.parse("x".repeat(1_000_000), "job", FiveFields.REFUSED)
                .problems()
                .get(0)
                .message();

        assertThat(message).hasSizeLessThan(300);
    }

    @Test
    void readsEveryFormOfAField() {
        assertThat(seconds("*")).isEqualTo(ALL_60);
        assertThat(seconds("?")).isEqualTo(ALL_60);
        assertThat(seconds("*/1")).isEqualTo(ALL_60);
        assertThat(seconds("*/20")).isEqualTo(1L | 1L << 20 | 1L << 40);
        assertThat(seconds("?/20")).isEqualTo(1L | 1L << 20 | 1L << 40);
        assertThat(seconds("50/5")).isEqualTo(1L << 50 | 1L << 55);
        assertThat(seconds("1-5/2")).isEqualTo(1L << 1 | 1L << 3 | 1L << 5);
        assertThat(seconds("5-5")).isEqualTo(1L << 5);
        assertThat(seconds("7/100")).isEqualTo(1L << 7);
        assertThat(seconds("7/9223372036854775807")).isEqualTo(1L << 7);
        assertThat(seconds("1,,3,")).isEqualTo(1L << 1 | 1L << 3);
        assertThat(seconds(",")).isZero();
        assertThat(seconds("007,+8")).isEqualTo(1L << 7 | 1L << 8);
        assertThat(seconds("59")).isEqualTo(1L << 59);
        assertThat(cron("0 0 0 1 JAN-mar,dec *", "job").masks().months()).isEqualTo(0b1000000001110);
        assertThat(cron("0 0 0 * * sun,MON-Wed,6", "job").masks().weekdays()).isEqualTo(0b1001111);
        assertThat(cron("\u00a00\t0 0 \n31  * * ", "job").masks().days()).isEqualTo(1L << 31);
    }

    @Test
    void theTildeIsANumberFromTheName() {
        // a + b + c = 294 = 54 mod 60 = 6 mod 24 = 14 mod 28 = 6 mod 12 = 0 mod 7
        CronMasks masks = cron("~ ~ ~ ~ ~ ~", "abc").masks();

        assertThat(masks).isEqualTo(new CronMasks(1L << 54, 1L << 54, 1 << 6, 1L << 15, 1 << 7, 1, true));
        assertThat(cron("~,1 * * * * *", "abc").masks().seconds()).isEqualTo(1L << 54 | 1L << 1);
        assertThat(cron("~/15 * * * * *", "abc").masks().seconds())
                .isEqualTo(1L << 9 | 1L << 24 | 1L << 39 | 1L << 54); // 294 mod 15 = 9
        assertThat(cron("~/100 * * * * *", "abc").masks().seconds()).isEqualTo(1L << 54);
        assertThat(cron("0 0 0 ~/7 * *", "abc").masks().days())
                .isEqualTo(1L << 1 | 1L << 8 | 1L << 15 | 1L << 22 | 1L << 29);
        assertThat(cron("0 ~ * * * *", "😀").masks().minutes()).isEqualTo(1L << (0x1F600 % 60));
        assertThat(cron("TZ=UTC 0 ~ ~ * * *", "abc").masks().hours()).isEqualTo(1 << 6);
    }

    @Test
    void aStarJoinsDaysByAndItsAbsenceByOr() {
        assertThat(cron("0 0 0 13 * FRI", "job").masks().eitherDay()).isTrue();
        assertThat(cron("0 0 0 */2 * MON", "job").masks().eitherDay()).isTrue();
        assertThat(cron("0 0 0 13 * */2", "job").masks().eitherDay()).isTrue();
        assertThat(cron("0 0 0 13 * ?", "job").masks().eitherDay()).isFalse();
        assertThat(cron("0 0 0 */1 * FRI", "job").masks().eitherDay()).isFalse();
        assertThat(cron("0 0 0 1,* * FRI", "job").masks().eitherDay()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 0 3 * * *         | true
            0 0 1-3 * * *       | true
            0 0 1,5 * * *       | true
            0 0 ~ * * *         | true
            @daily              | true
            0 0 * * * *         | false
            0 0 ? * * *         | false
            0 0 0-23 * * *      | false
            0 0 */24 * * *      | false
            0 0 5/24 * * *      | false
            0 0 1-3/2 * * *     | false
            0 0 ~/6 * * *       | false
            @hourly             | false
            """)
    void theHourFieldDecidesWhetherTimesAreFixed(String text, boolean fixed) {
        assertThat(cron(text, "job").fixed()).isEqualTo(fixed);
    }

    @Test
    void fiveFieldsAreSecondsFirstWhereAsked() {
        Cron five = (Cron) ScheduleParser.parse("*/5 * * * *", "job", FiveFields.SECONDS_FIRST)
                .orThrow();

        assertThat(five.masks()).isEqualTo(cron("*/5 * * * * *", "job").masks());
        assertThat(five.fiveFields()).isTrue();
        assertThat(ScheduleParser.parse("* * * *", "job", FiveFields.SECONDS_FIRST)
                        .problems()
                        .get(0)
                        .message())
                .contains("expected 5 or 6 fields, found 4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TZ=Asia/Tokyo 0 0 3 * * *", "CRON_TZ=Asia/Tokyo   @daily ", "TZ=Asia/Tokyo @minutely"})
    void aPrefixBeatsTheZoneOfTheJob(String text) {
        Schedule schedule =
                ScheduleParser.parse(text, "job", FiveFields.REFUSED).orThrow();

        assertThat(schedule.zone(JobZone.parse("Europe/Berlin").orThrow(), ZoneOffset.UTC))
                .isEqualTo(ZoneId.of("Asia/Tokyo"));
    }

    @Test
    void everyTakesAPrefixAndCutsToSeconds() {
        assertThat(ScheduleParser.parse("TZ=Asia/Tokyo @every 2500ms", "job", FiveFields.REFUSED)
                        .orThrow())
                .isEqualTo(new Every(Duration.ofSeconds(2)));
        assertThat(ScheduleParser.parse("@every 0", "job", FiveFields.REFUSED).orThrow())
                .isEqualTo(new Every(Duration.ofSeconds(1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Europe/Berlin", "EST", "MST", "HST", "ROC", "EST5EDT", "Etc/GMT+5", "GMT", "Zulu"})
    void zonesOfTheDatabaseAreKnown(String name) {
        assertThat(JobZone.parse(name).orThrow().named()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Mars/Phobos", "+01:00", "UTC+1", "europe/berlin", " UTC", "CET ", "../UTC", "Z"})
    void otherZonesAreRefused(String name) {
        assertThat(JobZone.parse(name).problems())
                .singleElement()
                .satisfies(p ->
                        assertThat(p.field() + ": " + p.message()).isEqualTo("timezone: unknown time zone " + name));
    }

    @Test
    void anEmptyZoneIsThatOfTheServer() {
        ZoneId server = ZoneId.of("America/New_York");

        assertThat(JobZone.parse("").orThrow().in(server)).isEqualTo(server);
        assertThat(JobZone.parse("Local").orThrow().in(server)).isEqualTo(server);
    }

    @Test
    void noTextMakesItThrow() {
        long seed = System.nanoTime();
        System.out.println("ScheduleParserTest seed " + seed);
        Random random = new Random(seed);
        String[] pieces = {
            "*", "?", "~", "-", "/", ",", " ", "0", "5", "59", "99", "mon", "@", "@every ", "@at ", "TZ=", "UTC", "1h",
            "é"
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(14); n >= 0; n--) {
                text.append(pieces[random.nextInt(pieces.length)]);
                text.append(random.nextInt(3) == 0 ? " " : "");
            }
            Optional<Schedule> read = ScheduleParser.parse(text.toString(), "job", FiveFields.SECONDS_FIRST)
                    .match(Optional::of, problems -> Optional.empty());
            read.ifPresent(schedule -> {
                ScheduleText.describe(schedule);
                schedule.next(Instant.MIN, ZoneOffset.UTC, Instant.MAX);
                schedule.next(Instant.MAX, ZoneId.of("Europe/Berlin"), Instant.MIN);
                schedule.count(Instant.MIN, Instant.EPOCH, ZoneOffset.UTC, Instant.EPOCH);
            });
        }
    }

    private static long seconds(String field) {
        return cron(field + " * * * * *", "job").masks().seconds();
    }

    private static Cron cron(String text, String name) {
        return (Cron) ScheduleParser.parse(text, name, FiveFields.REFUSED).orThrow();
    }
}
