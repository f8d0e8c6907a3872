package io.dkron.jaxrs.api;

import io.dkron.core.job.JobStatus;
import io.dkron.core.job.RecentGroup;
import io.dkron.core.json.JsonOut;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Groups that have ended, counted by when they began, in steps of a range that ends now. Steps begin at whole multiples
 * of their length since 1970, so that they stay where they are from one answer to the next. For one thread.
 */
final class ResultsOverTime {
    /** How far back, and how finely. */
    enum Range {
        HOUR("1h", Duration.ofHours(1), Duration.ofMinutes(1)),
        DAY("24h", Duration.ofHours(24), Duration.ofMinutes(30)),
        WEEK("7d", Duration.ofDays(7), Duration.ofHours(3));

        private final String text;
        private final Duration length;
        private final Duration step;

        Range(String text, Duration length, Duration step) {
            this.text = text;
            this.length = length;
            this.step = step;
        }

        /** The range that a request names. */
        static Optional<Range> of(String text) {
            for (Range each : values()) {
                if (each.text.equals(text)) {
                    return Optional.of(each);
                }
            }
            return Optional.empty();
        }
    }

    private final Range range;
    private final long first; // the number of the first step since 1970
    private final int[][] counts; // by step: success, failed, cancelled

    ResultsOverTime(Range range, Instant now) {
        this.range = range;
        first = step(now.minus(range.length));
        counts = new int[Math.toIntExact(step(now) - first) + 1][3];
    }

    private long step(Instant at) {
        return Math.floorDiv(at.getEpochSecond(), range.step.toSeconds());
    }

    /** Counts a group; one that runs, and one that began outside the range, counts nowhere. */
    void add(RecentGroup group) {
        long index = step(group.at()) - first;
        int kind = kind(group.status());
        if (kind >= 0 && index >= 0 && index < counts.length) {
            counts[Math.toIntExact(index)][kind]++;
        }
    }

    private static int kind(JobStatus status) {
        return switch (status) {
            case SUCCESS -> 0;
            case FAILED, PARTIALLY_FAILED -> 1;
            case CANCELLED -> 2;
            default -> -1;
        };
    }

    /** Writes an object: the range, the length of a step in seconds, and those steps in which something ended. */
    void write(JsonOut json) {
        json.startObject()
                .text("range", range.text)
                .number("step", range.step.toSeconds())
                .name("steps")
                .startArray();
        for (int i = 0; i < counts.length; i++) {
            int[] count = counts[i];
            if (count[0] + count[1] + count[2] > 0) {
                json.startObject()
                        .time("at", Instant.ofEpochSecond((first + i) * range.step.toSeconds()))
                        .number("success", count[0])
                        .number("failed", count[1])
                        .number("cancelled", count[2])
                        .endObject();
            }
        }
        json.endArray().endObject();
    }
}
