package io.dkron.jaxrs.api;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.json.JsonOut;
import io.dkron.core.schedule.BoundSchedule;
import io.dkron.core.schedule.JobZone;
import io.dkron.core.schedule.Schedule;
import io.dkron.core.schedule.ScheduleParser;
import io.dkron.core.schedule.ScheduleParser.FiveFields;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
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
 * @param zone whose clock counts
 * @param next the next instants, soonest first; none for a child or a disabled job
 */
record Firings(String schedule, ZoneId zone, List<Instant> next) {
    /** The next {@code count} firings after that instant. */
    static Firings of(Job job, Instant after, int count) {
        JobDefinition definition = job.definition();
        ZoneId server = ZoneId.systemDefault();
        JobZone own = JobZone.parse(definition.timezone()).orThrow();
        Optional<BoundSchedule> bound = definition.schedule().isEmpty()
                ? Optional.empty()
                : Optional.of(BoundSchedule.of(
                        schedule(definition), own, server, job.state().anchor()));
        boolean fires = definition.parent().isEmpty() && !definition.disabled();
        List<Instant> next = new ArrayList<>();
        // A firing at starts_at itself counts; next() is strictly after what it is given.
        Instant from = definition
                .startsAt()
                .map(t -> t.minusNanos(1))
                .filter(after::isBefore)
                .orElse(after);
        Optional<Instant> at = fires ? bound.flatMap(b -> b.next(from)) : Optional.empty();
        while (at.isPresent() && next.size() < count && withinLife(definition, at.get())) {
            next.add(at.get());
            at = bound.orElseThrow().next(at.get());
        }
        return new Firings(definition.schedule(), bound.map(BoundSchedule::zone).orElse(own.in(server)), next);
    }

    void write(JsonOut json) {
        json.startObject().text("description", schedule).text("timezone", zone.getId());
        json.name("next").startArray();
        for (Instant at : next) {
            OffsetDateTime local = at.atZone(zone).toOffsetDateTime();
            json.startObject().time("utc", at).text("local", DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(local));
            Optional<String> note = note(at);
            if (note.isPresent()) {
                json.text("note", note.get());
            } else {
                json.nothing("note");
            }
            json.endObject();
        }
        json.endArray().endObject();
    }

    /** Whether the clock jumps right there, or shows this time twice. */
    private Optional<String> note(Instant at) {
        ZoneRules rules = zone.getRules();
        LocalDateTime local = LocalDateTime.ofInstant(at, zone);
        if (rules.getValidOffsets(local).size() > 1) {
            return Optional.of("repeated");
        }
        Optional<ZoneOffsetTransition> jump = Optional.ofNullable(rules.previousTransition(at.plusNanos(1)));
        return jump.filter(j -> j.isGap() && j.getInstant().equals(at)).map(j -> "gap");
    }

    private static Schedule schedule(JobDefinition job) {
        return ScheduleParser.parse(job.schedule(), job.name().value(), FiveFields.SECONDS_FIRST)
                .orThrow();
    }

    private static boolean withinLife(JobDefinition job, Instant at) {
        return job.expiresAt().isEmpty() || !at.isAfter(job.expiresAt().get());
    }
}
