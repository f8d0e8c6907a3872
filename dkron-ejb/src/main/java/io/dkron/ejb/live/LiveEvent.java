package io.dkron.ejb.live;

import io.dkron.core.job.JobName;
import java.util.Objects;
import java.util.Optional;

/**
 * Something that happened, as a line for watchers.
 *
 * @param id of an event that is of no commit: that of the newest one that is
 * @param job whose event it is; empty for members and the cluster
 * @param data one line of JSON
 */
public record LiveEvent(EventId id, Type type, Optional<JobName> job, String data) {
    /** What kind of thing happened. */
    public enum Type {
        JOB("job"),
        JOB_DELETED("job-deleted"),
        EXECUTION("execution"),
        MISSED("missed"),
        MEMBER("member"),
        CLUSTER("cluster"),
        /** What came before is lost to this watcher: read again. */
        RESET("reset");

        private final String text;

        Type(String text) {
            this.text = text;
        }

        /** Whether such events follow from commits: they are the same, with the same ids, on every server. */
        boolean ofCommit() {
            return this != MEMBER && this != CLUSTER && this != RESET;
        }

        /** The name of the server-sent event. */
        public String text() {
            return text;
        }

        /** The type of that name, {@link #RESET} excepted; empty when there is none. */
        public static Optional<Type> of(String text) {
            for (Type type : values()) {
                if (type != RESET && type.text.equals(text)) {
                    return Optional.of(type);
                }
            }
            return Optional.empty();
        }
    }

    public LiveEvent {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(data, "data");
    }

    /** An event of a commit before its place is known. */
    public record Draft(Type type, JobName job, String data) {
        public Draft {
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(job, "job");
            Objects.requireNonNull(data, "data");
        }
    }
}
