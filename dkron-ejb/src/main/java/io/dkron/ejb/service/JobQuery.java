package io.dkron.ejb.service;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobStatus;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which jobs to list: all conditions must hold.
 *
 * @param metadata exact values by key
 * @param tags exact stored values by key, a count included
 * @param owner exact; empty for any
 * @param text part of name or display name, case-sensitive; empty for any
 * @param status exact; empty for any
 * @param disabled exact; empty for any
 * @param order empty for by name
 * @param start first row, from 0
 * @param end row after the last
 */
public record JobQuery(
        Map<String, String> metadata,
        Map<String, String> tags,
        Optional<String> owner,
        String text,
        Optional<JobStatus> status,
        Optional<Boolean> disabled,
        Optional<Comparator<Job>> order,
        int start,
        int end) {
    /** Every job, by name. */
    public static final JobQuery ALL = new JobQuery(
            Map.of(),
            Map.of(),
            Optional.empty(),
            "",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            0,
            Integer.MAX_VALUE);

    public JobQuery {
        metadata = Map.copyOf(metadata);
        tags = Map.copyOf(tags);
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(disabled, "disabled");
        Objects.requireNonNull(order, "order");
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("rows " + start + " to " + end);
        }
    }

    /** These conditions on another part of the list. */
    public JobQuery rows(int first, int afterLast) {
        return new JobQuery(metadata, tags, owner, text, status, disabled, order, first, afterLast);
    }

    /** Whether every job is wanted, by name. */
    boolean isPlain() {
        return metadata.isEmpty()
                && tags.isEmpty()
                && owner.isEmpty()
                && text.isEmpty()
                && status.isEmpty()
                && disabled.isEmpty()
                && order.isEmpty();
    }

    boolean matches(Job job) {
        JobDefinition d = job.definition();
        return (status.isEmpty() || status.get() == job.state().status())
                && (disabled.isEmpty() || disabled.get() == d.disabled())
                && (owner.isEmpty() || owner.get().equals(d.owner()))
                && (text.isEmpty()
                        || d.name().value().contains(text)
                        || d.displayName().contains(text))
                && holds(metadata, d.metadata())
                && holds(tags, d.tags());
    }

    private static boolean holds(Map<String, String> wanted, Map<String, String> stored) {
        for (Map.Entry<String, String> e : wanted.entrySet()) {
            if (!e.getValue().equals(stored.get(e.getKey()))) {
                return false;
            }
        }
        return true;
    }
}
