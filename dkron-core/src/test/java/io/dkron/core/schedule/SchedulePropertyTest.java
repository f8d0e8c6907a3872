package io.dkron.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.schedule.ScheduleParser.FiveFields;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Firing times against a reference that steps through real instants and looks at the wall clock of each. */
class SchedulePropertyTest {
    private static final List<String> ZONES = List.of(
            "UTC",
            "Europe/Berlin",
            "Europe/Dublin",
            "Europe/London",
            "Europe/Moscow",
            "America/New_York",
            "America/St_Johns",
            "America/Sao_Paulo",
            "America/Caracas",
            "America/Havana",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "Pacific/Kwajalein",
            "Asia/Kathmandu",
            "Asia/Gaza",
            "Asia/Tehran",
            "Asia/Pyongyang",
            "Africa/Cairo",
            "Africa/Casablanca",
            "Antarctica/Troll");

    @Test
    void everySecondOfDaysAroundChangesOfTheClock() {
        Random random = seeded();
        for (int i = 0; i < 10; i++) {
            Expression expression = new Expression(random, 1);
            ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
            Instant middle = i % 4 == 0 ? someInstant(random) : someChange(random, zone);
            Instant from = middle.minusSeconds(random.nextInt(40 * 3600));
            check(random, expression, zone, from, from.plusSeconds(2 * 86_400), 1);
        }
    }

    @Test
    void everyQuarterOfYears() {
        Random random = seeded();
        for (int i = 0; i < 30; i++) {
            Expression expression = new Expression(random, 900);
            ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
            Instant from = Instant.ofEpochSecond(random.nextInt(600_000, 2_600_000) * 900L);
            check(random, expression, zone, from, from.plusSeconds(random.nextInt(30, 1200) * 86_400L), 900);
        }
    }

    @Test
    void everyKeepsItsGridWhateverIsAsked() {
        Random random = seeded();
        for (int i = 0; i < 2_000; i++) {
            long period = 1L + random.nextInt(1 << random.nextInt(1, 30));
            Instant anchor = someInstant(random);
            Instant after = anchor.plusMillis(random.nextLong(-100_000_000L, 1L << 40));
            Every every = Every.of(Duration.ofSeconds(period).plusMillis(random.nextInt(1000)));
            Instant next = every.next(after, ZoneOffset.UTC, anchor).orElseThrow();
            long steps = Duration.between(anchor, next).toSeconds();

            assertThat(next).isAfter(after).isAfter(anchor);
            assertThat(steps % period).isZero();
            assertThat(steps == period || !next.minusSeconds(period).isAfter(after))
                    .isTrue();
            assertThat(every.count(after, next, ZoneOffset.UTC, anchor)).isEqualTo(1);
            assertThat(every.count(after, next.minusNanos(1), ZoneOffset.UTC, anchor))
                    .isZero();
        }
    }

    private static void check(
            Random random, Expression expression, ZoneId zone, Instant from, Instant until, int step) {
        String what = expression + " in " + zone + " after " + from;
        BoundSchedule schedule = new BoundSchedule(
                ScheduleParser.parse(expression.toString(), "job", FiveFields.REFUSED)
                        .orThrow(),
                zone,
                Instant.EPOCH);
        List<Instant> expected = expression.firings(zone.getRules(), from, until, step);

        List<Instant> seen = new ArrayList<>();
        Optional<Instant> next = schedule.next(from);
        while (next.isPresent() && !next.get().isAfter(until) && seen.size() <= expected.size()) {
            seen.add(next.get());
            next = schedule.next(next.get());
        }
        assertThat(seen).as(what).isEqualTo(expected);

        Instant after =
                from.plusMillis(random.nextLong(Duration.between(from, until).toMillis()));
        List<Instant> rest = expected.stream().filter(f -> f.isAfter(after)).collect(Collectors.toList());
        assertThat(schedule.next(after).filter(f -> !f.isAfter(until)))
                .as(what + ": " + after)
                .isEqualTo(rest.stream().findFirst());
        assertThat(schedule.due(after, until).map(BoundSchedule.Due::count).orElse(0L))
                .as(what + ": " + after)
                .isEqualTo(rest.size());
        if (!rest.isEmpty()) {
            assertThat(schedule.due(after, until))
                    .contains(new BoundSchedule.Due(rest.size(), rest.get(0), rest.get(rest.size() - 1)));
        }
        int limit = 1 + random.nextInt(20);
        assertThat(schedule.newest(after, until, limit))
                .as(what + ": " + after)
                .isEqualTo(rest.subList(Math.max(0, rest.size() - limit), rest.size()));
    }

    private static Random seeded() {
        long seed = System.nanoTime();
        System.out.println("SchedulePropertyTest seed " + seed);
        return new Random(seed);
    }

    private static Instant someInstant(Random random) {
        return Instant.ofEpochSecond(random.nextLong(0, 2_400_000_000L));
    }

    private static Instant someChange(Random random, ZoneId zone) {
        Instant start = someInstant(random);
        ZoneOffsetTransition change = zone.getRules().nextTransition(start);
        change = change == null ? zone.getRules().previousTransition(start) : change;
        return change == null ? start : change.getInstant();
    }

    /** A random expression as text and, apart from the parser, as sets of values. */
    private static final class Expression {
        private static final List<String> WEEKDAYS = List.of("sun", "MON", "Tue", "wed", "thu", "FRI", "sat");

        private final List<String> texts = new ArrayList<>();
        private final List<Set<Integer>> sets = new ArrayList<>();
        private final List<Boolean> stars = new ArrayList<>();
        private boolean hourIsInterval;

        Expression(Random random, int step) {
            if (step == 1) {
                field(random, 0, 59, 5);
                field(random, 0, 59, 6);
            } else {
                add("0", new TreeSet<>(Set.of(0)), false);
                add("0,,30", new TreeSet<>(Set.of(0, 30)), false);
            }
            hourIsInterval = field(random, 0, 23, 2) || sets.get(2).size() == 24;
            field(random, 1, 31, 3);
            field(random, 1, 12, 2);
            field(random, 0, 6, 3);
        }

        /** Adds a field; one in {@code often} is a star. Tells whether it has a star or step. */
        private boolean field(Random random, int min, int max, int often) {
            if (random.nextInt(often) == 0) {
                add(random.nextBoolean() ? "*" : "?", range(min, max, 1), true);
                return true;
            }
            Set<Integer> values = new TreeSet<>();
            List<String> items = new ArrayList<>();
            boolean stepped = false;
            boolean star = false;
            for (int i = random.nextInt(3); i >= 0; i--) {
                int low = random.nextInt(min, max + 1);
                int high = random.nextInt(low, max + 1);
                int step = 1 + random.nextInt(max + 2);
                switch (random.nextInt(8)) {
                    case 0 -> {
                        items.add(low + "-" + high);
                        values.addAll(range(low, high, 1));
                    }
                    case 1 -> {
                        items.add(low + "/" + step);
                        values.addAll(range(low, max, step));
                        stepped = true;
                    }
                    case 2 -> {
                        items.add("*/" + step);
                        values.addAll(range(min, max, step));
                        stepped = true;
                        star |= step == 1;
                    }
                    case 3 -> {
                        items.add(low + "-" + high + "/" + step);
                        values.addAll(range(low, high, step));
                        stepped = true;
                    }
                    default -> {
                        items.add(max == 6 ? WEEKDAYS.get(low) : Integer.toString(low));
                        values.add(low);
                    }
                }
            }
            add(String.join(",", items), values, star);
            return stepped;
        }

        private void add(String text, Set<Integer> values, boolean star) {
            texts.add(text);
            sets.add(values);
            stars.add(star);
        }

        private static Set<Integer> range(int low, int high, int step) {
            return IntStream.rangeClosed(low, high)
                    .filter(v -> (v - low) % step == 0)
                    .boxed()
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        boolean matches(LocalDateTime time) {
            boolean day = sets.get(3).contains(time.getDayOfMonth());
            boolean weekday = sets.get(5).contains(time.getDayOfWeek().getValue() % 7);
            boolean either = !stars.get(3) && !stars.get(5);
            return sets.get(0).contains(time.getSecond())
                    && sets.get(1).contains(time.getMinute())
                    && sets.get(2).contains(time.getHour())
                    && sets.get(4).contains(time.getMonthValue())
                    && (either ? day || weekday : day && weekday);
        }

        List<Instant> firings(ZoneRules rules, Instant from, Instant until, int step) {
            List<Instant> firings = new ArrayList<>();
            for (Instant at = from.plusSeconds(step); !at.isAfter(until); at = at.plusSeconds(step)) {
                ZoneOffset offset = rules.getOffset(at);
                LocalDateTime local = LocalDateTime.ofEpochSecond(at.getEpochSecond(), 0, offset);
                boolean fires = matches(local);
                if (!hourIsInterval) {
                    List<ZoneOffset> valid = rules.getValidOffsets(local);
                    boolean repeated = valid.size() == 2 && offset.equals(valid.get(1));
                    fires = (fires && !repeated) || skippedMatch(rules, at, step);
                }
                if (fires) {
                    firings.add(at);
                }
            }
            return firings;
        }

        private boolean skippedMatch(ZoneRules rules, Instant at, int step) {
            ZoneOffsetTransition change = rules.previousTransition(at.plusNanos(1));
            if (change == null || !change.isGap() || !change.getInstant().equals(at)) {
                return false;
            }
            LocalDateTime skipped = change.getDateTimeBefore();
            while (skipped.isBefore(change.getDateTimeAfter())) {
                if (matches(skipped)) {
                    return true;
                }
                skipped = skipped.plusSeconds(step);
            }
            return false;
        }

        @Override
        public String toString() {
            return String.join(" ", texts);
        }
    }
}
