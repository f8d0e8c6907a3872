package io.dkron.core.schedule;

import io.dkron.core.time.Rfc3339;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * A schedule in English words, for people who read a page. Stateless, safe from any thread.
 */
public final class ScheduleText {
    private ScheduleText() {}

    /** The schedule in words, without the job's zone: {@code every 1 hour 30 minutes}. */
    public static String describe(Schedule schedule) {
        return schedule.match(new Schedule.Cases<>() {
            @Override
            public String cron(Cron cron) {
                String zone = cron.ownZone()
                        .map(own -> own.named().map(ZoneId::getId).orElse("the server's zone"))
                        .map(name -> " (" + name + ")")
                        .orElse("");
                return CronText.of(cron.masks()) + zone;
            }

            @Override
            public String every(Every every) {
                return "every " + spoken(every.period());
            }

            @Override
            public String at(At at) {
                return "once, at " + Rfc3339.format(at.instant());
            }

            @Override
            public String manual(Manual manual) {
                return "only when started by hand";
            }
        });
    }

    private static String spoken(Duration period) {
        List<String> parts = new ArrayList<>();
        add(parts, period.toDays(), "day");
        add(parts, period.toHoursPart(), "hour");
        add(parts, period.toMinutesPart(), "minute");
        add(parts, period.toSecondsPart(), "second");
        String spoken = String.join(" ", parts);
        return parts.size() == 1 && spoken.startsWith("1 ") ? spoken.substring(2) : spoken;
    }

    private static void add(List<String> parts, long count, String unit) {
        if (count > 0) {
            parts.add(count + " " + unit + (count == 1 ? "" : "s"));
        }
    }
}
