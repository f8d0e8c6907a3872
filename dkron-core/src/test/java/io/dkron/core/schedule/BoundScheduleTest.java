package io.dkron.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.dkron.core.schedule.ScheduleParser.FiveFields;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundScheduleTest {
    private static final Instant SAVED = Instant.parse("2026-01-15T10:20:30Z");

    @ParameterizedTest
    @ValueSource(strings = {"@every 1s", "* * * * * *"})
    @Timeout(20) // firing by firing this would take minutes for the second
    void f06MonthsOfEverySecondAreCountedNotVisited(String text) {
        BoundSchedule schedule = bound(text, "Europe/Berlin");
        Instant now = SAVED.plus(Duration.ofDays(200));

        for (int i = 0; i < 1_000; i++) {
            assertThat(schedule.due(SAVED, now))
                    .contains(new BoundSchedule.Due(200 * 86_400, SAVED.plusSeconds(1), now));
            assertThat(schedule.newest(SAVED, now, 3)).containsExactly(now.minusSeconds(2), now.minusSeconds(1), now);
        }
        assertThat(schedule.next(now)).contains(now.plusSeconds(1));
    }

    @Test
    void aWindowIsOpenAtItsStartAndClosedAtItsEnd() {
        BoundSchedule schedule = bound("@daily", "UTC");
        Instant midnight = Instant.parse("2026-01-16T00:00:00Z");

        assertThat(schedule.due(midnight.minusNanos(1), midnight))
                .contains(new BoundSchedule.Due(1, midnight, midnight));
        assertThat(schedule.due(midnight, midnight.plusSeconds(86_399))).isEmpty();
        assertThat(schedule.due(midnight, midnight.minusSeconds(86_400))).isEmpty();
        assertThat(schedule.newest(midnight, midnight, 5)).isEmpty();
        assertThat(schedule.newest(midnight.minusSeconds(1), midnight, 0)).isEmpty();
    }

    @Test
    void anAtWithAFractionIsCountedExactly() {
        BoundSchedule schedule = bound("@at 2030-01-02T03:04:05.25Z", "UTC");
        Instant at = Instant.parse("2030-01-02T03:04:05.25Z");

        assertThat(schedule.due(SAVED, at)).contains(new BoundSchedule.Due(1, at, at));
        assertThat(schedule.newest(SAVED, at, 9)).containsExactly(at);
        assertThat(schedule.due(SAVED, at.minusNanos(1))).isEmpty();
        assertThat(schedule.due(at, Instant.MAX)).isEmpty();
    }

    @Test
    void everyMeetsItsFirstFiringWhenTheClockStoodBeforeTheAnchor() {
        BoundSchedule schedule = bound("@every 30s", "UTC");

        assertThat(schedule.next(SAVED.minusSeconds(3_600))).contains(SAVED.plusSeconds(30));
        assertThat(schedule.next(SAVED.plusSeconds(30))).contains(SAVED.plusSeconds(60));
        assertThat(schedule.next(SAVED.plus(Duration.ofDays(36_500)).plusMillis(1)))
                .contains(SAVED.plus(Duration.ofDays(36_500)).plusSeconds(30));
    }

    @ParameterizedTest
    @ValueSource(strings = {"* * * * * *", "0 0 0 29 2 *", "@every 1s", "@every 2562047h", "@at 2030-01-01T00:00:00Z"})
    void noInstantMakesItThrow(String text) {
        BoundSchedule schedule = bound(text, "America/New_York");

        for (Instant after : List.of(Instant.MIN, Instant.EPOCH, Instant.MAX, Instant.parse("9999-12-31T23:59:59Z"))) {
            schedule.next(after).ifPresent(next -> assertThat(next).isAfter(after));
            schedule.due(Instant.MIN, after);
        }
        assertThat(schedule.next(Instant.MAX)).isEmpty();
    }

    @Test
    void agreesWithCronUtilsWhereBothMeanTheSame() {
        long seed = System.nanoTime();
        System.out.println("BoundScheduleTest seed " + seed);
        Random random = new Random(seed);
        CronParser theirs = new CronParser(plain());
        for (int i = 0; i < 300; i++) {
            boolean byWeekday = random.nextBoolean();
            String text = String.join(
                    " ",
                    field(random, 0, 59),
                    field(random, 0, 59),
                    field(random, 0, 23),
                    byWeekday ? "*" : field(random, 1, 28),
                    field(random, 1, 12),
                    byWeekday ? field(random, 0, 6) : "*");
            ExecutionTime expected = ExecutionTime.forCron(theirs.parse(text));
            ZonedDateTime after = LocalDate.of(2024, 1, 1)
                    .plusDays(random.nextInt(1_500))
                    .atTime(random.nextInt(24), random.nextInt(60), random.nextInt(60))
                    .atZone(ZoneOffset.UTC);

            assertThat(bound(text, "UTC").next(after.toInstant()))
                    .as(text + " after " + after)
                    .isEqualTo(expected.nextExecution(after).map(ZonedDateTime::toInstant));
        }
    }

    private static String field(Random random, int min, int max) {
        int low = random.nextInt(min, max);
        return switch (random.nextInt(5)) {
            case 0 -> "*";
            case 1 -> low + "-" + random.nextInt(low + 1, max + 1);
            case 2 -> "*/" + random.nextInt(2, 6);
            case 3 -> low + "," + max;
            default -> Integer.toString(low);
        };
    }

    private static CronDefinition plain() {
        return CronDefinitionBuilder.defineCron()
                .withSeconds()
                .and()
                .withMinutes()
                .and()
                .withHours()
                .and()
                .withDayOfMonth()
                .and()
                .withMonth()
                .and()
                .withDayOfWeek()
                .withValidRange(0, 7)
                .withMondayDoWValue(1)
                .withIntMapping(7, 0)
                .and()
                .instance();
    }

    private static BoundSchedule bound(String text, String zone) {
        Schedule schedule =
                ScheduleParser.parse(text, "job", FiveFields.REFUSED).orThrow();
        return new BoundSchedule(schedule, ZoneId.of(zone), SAVED);
    }
}
