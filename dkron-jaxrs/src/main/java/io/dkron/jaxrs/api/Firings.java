package io.dkron.jaxrs.api;

import io.dkron.core.job.Job;
import io.dkron.core.json.JsonOut;
import io.dkron.core.schedule.BoundSchedule;
import io.dkron.core.schedule.JobZone;
import io.dkron.core.schedule.Manual;
import io.dkron.core.schedule.Schedule;
import io.dkron.core.schedule.ScheduleParser;
import io.dkron.core.schedule.ScheduleParser.FiveFields;
import io.dkron.core.schedule.ScheduleText;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When a job fires next, on the wall clock of its zone.
 *
 * @param description its schedule in words; empty where there are none
 * @param zone whose clock counts
 * @param next the firing that the job waits for and those after it; none where it waits for none
 */
record Firings(String description, ZoneId zone, List<Instant> next) {
    static Firings of(Job job, int count) {
        String text = job.definition().schedule();
        // What Dkron 1.x stored may be no schedule by today's rules: such a job never fires.
        Schedule schedule = ScheduleParser.parse(text, job.name().value(), FiveFields.SECONDS_FIRST)
                .match(valid -> valid, problems -> new Manual());
        JobZone own = JobZone.parse(job.definition().timezone()).match(zone -> zone, problems -> JobZone.SERVER);
        BoundSchedule bound = BoundSchedule.of(
                schedule, own, ZoneId.systemDefault(), job.state().anchor());
        String words = text.isEmpty() ? "" : ScheduleText.describe(schedule);
        return new Firings(words, bound.zone(), firings(job, bound, count));
    }

    private static List<Instant> firings(Job job, BoundSchedule bound, int count) {
        List<Instant> firings = new ArrayList<>();
        Optional<Instant> next = job.state().next();
        while (next.isPresent() && firings.size() < count && !expired(job, next.get())) {
            firings.add(next.get());
            next = bound.next(next.get());
        }
        return firings;
    }

    private static boolean expired(Job job, Instant at) {
        return job.definition().expiresAt().filter(at::isAfter).isPresent();
    }

    void write(JsonOut json) {
        json.startObject().text("description", description).text("timezone", zone.getId());
        json.name("next").startArray();
        for (Instant at : next) {
            json.startObject()
                    .time("utc", at)
                    .text("local", DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(at.atZone(zone)));
            Optional<String> note = note(at, zone);
            if (note.isPresent()) {
                json.text("note", note.get());
            } else {
                json.nothing("note");
            }
            json.endObject();
        }
        json.endArray().endObject();
    }

    /** Whether the clock comes out of a gap at that firing, or its local time occurs twice. */
    static Optional<String> note(Instant at, ZoneId zone) {
        ZoneRules rules = zone.getRules();
        if (rules.getValidOffsets(at.atZone(zone).toLocalDateTime()).size() > 1) {
            return Optional.of("repeated");
        }
        Optional<ZoneOffsetTransition> change = Optional.ofNullable(rules.previousTransition(at.plusNanos(1)));
        return change.filter(c -> c.isGap() && c.getInstant().equals(at)).map(c -> "gap");
    }
}
