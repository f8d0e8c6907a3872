package io.dkron.core.engine;

import io.dkron.core.job.JobDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Timetables for tests: {@code @every <seconds>s}, {@code @at <instant>}, {@code @minutely}, {@code @manually}. */
final class TestTimetables implements Timetable.Factory {
    @Override
    public Timetable of(JobDefinition job, Instant anchor) {
        String schedule = job.schedule();
        if (schedule.startsWith("@every ")) {
            long seconds = Long.parseLong(schedule.substring(7, schedule.length() - 1));
            return new Every(anchor, Duration.ofSeconds(seconds));
        } else if (schedule.equals("@minutely")) {
            return new Every(Instant.EPOCH, Duration.ofMinutes(1));
        } else if (schedule.startsWith("@at ")) {
            return new At(Instant.parse(schedule.substring(4)));
        }
        return new At(Instant.MIN);
    }

    private record Every(Instant anchor, Duration period) implements Timetable {
        @Override
        public Optional<Instant> next(Instant after) {
            return Optional.of(anchor.plus(period.multipliedBy(Math.max(1, index(after) + 1))));
        }

        private long index(Instant at) {
            Duration since = Duration.between(anchor, at);
            return Math.floorDiv(since.getSeconds(), period.getSeconds()); // whole seconds: the fraction never matters
        }

        @Override
        public Span between(Instant after, Instant until) {
            long first = Math.max(1, index(after) + 1);
            long last = index(until);
            return last < first
                    ? Span.NONE
                    : new Span(
                            last - first + 1,
                            anchor.plus(period.multipliedBy(first)),
                            anchor.plus(period.multipliedBy(last)));
        }
    }

    private record At(Instant at) implements Timetable {
        @Override
        public Optional<Instant> next(Instant after) {
            return after.isBefore(at) ? Optional.of(at) : Optional.empty();
        }

        @Override
        public Span between(Instant after, Instant until) {
            return after.isBefore(at) && !until.isBefore(at) ? new Span(1, at, at) : Span.NONE;
        }
    }
}
