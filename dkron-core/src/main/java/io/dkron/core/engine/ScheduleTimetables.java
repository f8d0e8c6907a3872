package io.dkron.core.engine;

import io.dkron.core.job.JobDefinition;
import io.dkron.core.schedule.BoundSchedule;
import io.dkron.core.schedule.JobZone;
import io.dkron.core.schedule.Manual;
import io.dkron.core.schedule.ScheduleParser;
import io.dkron.core.schedule.ScheduleParser.FiveFields;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Objects;
import java.util.Optional;

/** Timetables by the grammar of {@link ScheduleParser}. What is stored and cannot be read any more is never due. */
public final class ScheduleTimetables implements Timetable.Factory {
    private final ZoneId server;

    /** @param server the zone of this server, for jobs that name none */
    public ScheduleTimetables(ZoneId server) {
        this.server = Objects.requireNonNull(server, "server");
    }

    @Override
    public Timetable of(JobDefinition job, Instant anchor) {
        JobZone zone = JobZone.parse(job.timezone()).match(z -> z, problems -> JobZone.SERVER);
        return ScheduleParser.parse(job.schedule(), job.name().value(), FiveFields.SECONDS_FIRST)
                .match(
                        s -> new Bound(BoundSchedule.of(s, zone, server, anchor)),
                        problems -> new Bound(BoundSchedule.of(new Manual(), zone, server, anchor)));
    }

    private record Bound(BoundSchedule schedule) implements Timetable {
        @Override
        public Optional<Instant> next(Instant after) {
            return schedule.next(after);
        }

        @Override
        public Span between(Instant after, Instant until) {
            return schedule.due(after, until)
                    .map(d -> new Span(d.count(), d.first(), d.newest()))
                    .orElse(Span.NONE);
        }
    }
}
