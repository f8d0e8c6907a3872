package io.dkron.core.job;

import java.util.Objects;

/**
 * A job's name, the key of everything that belongs to it. Holds any non-empty name that is stored; which names may be
 * created is the validation's decision, since data of Dkron 1.x has names that today's rules refuse.
 */
public record JobName(String value) implements Comparable<JobName> {
    public JobName {
        Objects.requireNonNull(value, "value");
        if (value.isEmpty()) {
            throw new IllegalArgumentException("empty job name");
        }
    }

    @Override
    public int compareTo(JobName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
