package io.dkron.core.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * One of a job's last groups in short, for lists that show a history.
 *
 * @param group its number, nanoseconds since 1970
 * @param at when it was recorded
 * @param status never {@link JobStatus#NONE}
 * @param took from recording to the end of its last execution; zero while running
 */
public record RecentGroup(long group, Instant at, JobStatus status, Duration took) {
    public RecentGroup {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(took, "took");
    }
}
