package io.dkron.core.schedule;

import io.dkron.core.time.Rfc3339;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * A schedule in English words, for people who read a page or a warning. Stateless, safe from any thread.
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

    /**
     * What a person should know of a schedule that is accepted: that it never fires from now on, or that its five fields
     * begin with seconds.
     */
    public static List<String> warnings(Schedule schedule, ZoneId zone, Instant now) {
        return schedule.match(new Schedule.Cases<>() {
            @Override
            public List<String> cron(Cron cron) {
                List<String> warnings = new ArrayList<>();
                if (cron.fiveFields()) {
                    warnings.add("schedule has five fields: the first is the second, as in Dkron 1.x; write six");
                }
                if (cron.next(now, zone, now).isEmpty()) {
                    warnings.add("schedule never fires: no such date within 8 years");
                }
                return warnings;
            }

            @Override
            public List<String> every(Every every) {
                return List.of();
            }

            @Override
            public List<String> at(At at) {
                return at.next(now, zone, now).isPresent()
                        ? List.of()
                        : List.of("schedule never fires: " + Rfc3339.format(at.instant()) + " is past");
            }

            @Override
            public List<String> manual(Manual manual) {
                return List.of();
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
