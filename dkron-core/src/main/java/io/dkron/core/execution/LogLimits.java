package io.dkron.core.execution;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How much of a job's output stays on a node beside what is stored.
 *
 * @param size most bytes of all kept outputs of the job on one node together, at least 1; empty for no limit of its own
 * @param age how long after its end an output is kept, above zero; empty for no limit
 */
public record LogLimits(Optional<Long> size, Optional<Duration> age) {
    public LogLimits {
        Objects.requireNonNull(size, "size");
        Objects.requireNonNull(age, "age");
        if (size.filter(s -> s < 1).isPresent()
                || age.filter(a -> a.isNegative() || a.isZero()).isPresent()) {
            throw new IllegalArgumentException("limits of kept logs: " + size + ", " + age);
        }
    }
}
