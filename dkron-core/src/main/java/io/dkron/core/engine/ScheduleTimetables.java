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
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Timetables by the grammar of {@link ScheduleParser}. What is stored and cannot be read any more is never due. Jobs with the
 * same schedule share what was read of it, where it was read not long ago.
 */
public final class ScheduleTimetables implements Timetable.Factory {
    private static final int READ = 512; // a power of two
    private static final char BY_NAME = '~'; // what it means follows from the job's name

    private final ZoneId server;
    private final AtomicReferenceArray<Read> read = new AtomicReferenceArray<>(READ);

    private record Read(String text, Schedule schedule) {}

    /** @param server the zone of this server, for jobs that name none */
    public ScheduleTimetables(ZoneId server) {
        this.server = Objects.requireNonNull(server, "server");
    }

    @Override
    public Timetable of(JobDefinition job, Instant anchor) {
        JobZone zone = JobZone.parse(job.timezone()).match(z -> z, problems -> JobZone.SERVER);
        return new Bound(BoundSchedule.of(schedule(job), zone, server, anchor));
    }

    private Schedule schedule(JobDefinition job) {
        String text = job.schedule();
        if (text.indexOf(BY_NAME) >= 0) {
            return parsed(job);
        }
        int hash = text.hashCode();
        int slot = (hash ^ hash >>> 16) & (READ - 1);
        Read before = read.get(slot);
        if (before != null && before.text().equals(text)) {
            return before.schedule();
        }
        Schedule schedule = parsed(job);
        read.set(slot, new Read(text, schedule));
        return schedule;
    }

    private static Schedule parsed(JobDefinition job) {
        return ScheduleParser.parse(job.schedule(), job.name().value(), FiveFields.SECONDS_FIRST)
                .match(schedule -> schedule, problems -> new Manual());
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
