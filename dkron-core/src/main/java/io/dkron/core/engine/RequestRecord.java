package io.dkron.core.engine;

import io.dkron.core.job.JobName;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is remembered of a request that was done, stored in the batch that did it (protocol P16).
 *
 * @param id of the request
 * @param kind what it asked
 * @param job whose; empty where no job was meant
 * @param revision of the job after it, 0 where there is none
 * @param group the run that it started
 * @param clientKey whether the client gave the id
 * @param expires when it may be forgotten
 */
public record RequestRecord(
        String id,
        Kind kind,
        Optional<JobName> job,
        long revision,
        OptionalLong group,
        boolean clientKey,
        Instant expires) {
    /** What a request can ask. */
    public enum Kind {
        SAVE,
        DELETE,
        TOGGLE,
        RUN,
        DELETE_EXECUTIONS,
        RESTORE,
        PAUSE,
        CANCEL
    }

    public RequestRecord {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(group, "group");
        Objects.requireNonNull(expires, "expires");
    }
}
