package io.dkron.core.engine;

import io.dkron.core.job.JobDefinition;
import io.dkron.core.schedule.BoundSchedule;
import io.dkron.core.schedule.JobZone;
import io.dkron.core.schedule.Manual;
import io.dkron.core.schedule.Schedule;
import io.dkron.core.schedule.ScheduleParser;
import io.dkron.core.schedule.ScheduleParser.FiveFields;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/**
 * Timetables made from jobs' {@code schedule} and {@code timezone}. Stateless, safe from any thread.
 *
 * <p>What is stored passed the parser when it was saved, or came from a Dkron 1.x store, whose five-field expressions keep
 * their meaning. A text that is neither, as of a child without schedule or written by somebody else, never fires.
 */
public final class ScheduleTimetables implements Timetable.Factory {
    private final ZoneId server;

    /** @param server the zone of the server that leads: that of jobs without one */
    public ScheduleTimetables(ZoneId server) {
        this.server = server;
    }

    @Override
    public Timetable of(JobDefinition job, Instant anchor) {
        Optional<JobZone> zone = JobZone.parse(job.timezone()).match(Optional::of, problems -> Optional.empty());
        Schedule schedule = ScheduleParser.parse(job.schedule(), job.name().value(), FiveFields.SECONDS_FIRST)
                .match(read -> zone.isPresent() ? read : new Manual(), problems -> new Manual());
        return new Bound(BoundSchedule.of(schedule, zone.orElse(JobZone.SERVER), server, anchor));
    }

    private record Bound(BoundSchedule schedule) implements Timetable {
        @Override
        public Optional<Instant> next(Instant after) {
            return schedule.next(after);
        }

        @Override
        public Span between(Instant after, Instant until) {
            return schedule.due(after, until)
                    .map(due -> new Span(due.count(), due.first(), due.newest()))
                    .orElse(Span.NONE);
        }
    }
}
