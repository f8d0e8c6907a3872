package io.dkron.core.schedule;

import com.cronutils.descriptor.CronDescriptor;
import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Schedules in words, for people. Stateless, safe from any thread; costs some ten microseconds a call. */
public final class ScheduleText {
    private ScheduleText() {}

    /** The schedule in English; empty where there are no words for it. */
    public static Optional<String> describe(Schedule schedule) {
        return schedule.match(new Schedule.Cases<>() {
            @Override
            public Optional<String> cron(Cron cron) {
                return inWords(cron);
            }

            @Override
            public Optional<String> every(Every every) {
                return Optional.of("every " + span(every.period()));
            }

            @Override
            public Optional<String> at(At at) {
                return Optional.of("once, at " + at.instant());
            }

            @Override
            public Optional<String> manual(Manual manual) {
                return Optional.of("only when asked");
            }
        });
    }

    private static Optional<String> inWords(Cron cron) {
        String text = cron.text().replaceFirst("^(CRON_)?TZ=\\S* ", "");
        String fields = ScheduleParser.CALENDAR.getOrDefault(text, cron.fiveFields() ? text + " *" : text);
        try {
            String words = CronDescriptor.instance(Locale.UK).describe(Words.PARSER.parse(fields));
            return words.isBlank() ? Optional.empty() : Optional.of(words);
        } catch (IllegalArgumentException wider) {
            return Optional.empty(); // our grammar takes more than theirs: ~, empty items, n/step
        }
    }

    private static String span(Duration period) {
        List<String> parts = new ArrayList<>();
        part(parts, period.toDays(), "day");
        part(parts, period.toHoursPart(), "hour");
        part(parts, period.toMinutesPart(), "minute");
        part(parts, period.toSecondsPart(), "second");
        return parts.size() == 1 && parts.get(0).startsWith("1 ") ? parts.get(0).substring(2) : String.join(" ", parts);
    }

    private static void part(List<String> parts, long count, String unit) {
        if (count > 0) {
            parts.add(count + " " + unit + (count == 1 ? "" : "s"));
        }
    }

    /** Made when the first cron is described: many processes never do. */
    private static final class Words {
        static final CronParser PARSER = new CronParser(definition());

        private static CronDefinition definition() {
            return CronDefinitionBuilder.defineCron()
                    .withSeconds()
                    .and()
                    .withMinutes()
                    .and()
                    .withHours()
                    .and()
                    .withDayOfMonth()
                    .supportsQuestionMark()
                    .and()
                    .withMonth()
                    .and()
                    .withDayOfWeek()
                    .withValidRange(0, 7)
                    .withMondayDoWValue(1)
                    .withIntMapping(7, 0)
                    .supportsQuestionMark()
                    .and()
                    .instance();
        }
    }
}
