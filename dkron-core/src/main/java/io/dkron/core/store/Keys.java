package io.dkron.core.store;

import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.util.Objects;
import java.util.Optional;

/**
 * Where things stand in a store. Jobs and executions lie as Dkron 1.x lays them, what is ours alone under {@code
 * _dkron}.
 */
public final class Keys {
    private final String keyspace;

    /** @param keyspace prefix of all keys, without slashes at its ends; the setting {@code keyspace} */
    public Keys(String keyspace) {
        this.keyspace = Objects.requireNonNull(keyspace, "keyspace");
    }

    /** Prefix of everything. */
    public String root() {
        return keyspace + "/";
    }

    /** Exists while the keyspace is being filled from another store: nobody may lead. */
    public String copying() {
        return keyspace + "/_dkron/copying";
    }

    /** The fence: who leads, in which term, and the number of the last commit. */
    public String leader() {
        return keyspace + "/_dkron/leader";
    }

    /** Exists while new jobs are refused. */
    public String paused() {
        return keyspace + "/_dkron/paused";
    }

    /** Prefix of the records of requests. */
    public String requests() {
        return keyspace + "/_dkron/requests/";
    }

    /** One batch of records of requests; ascending by the instant after which they may go. */
    public String requests(long expiresNanos, long term, long sequence) {
        return requests() + String.format("%020d-%d-%d", expiresNanos, term, sequence);
    }

    /** Prefix of the deletions whose executions are still to be removed. */
    public String purges() {
        return keyspace + "/_dkron/purges/";
    }

    /** The executions of this deleted job are still to be removed. */
    public String purge(JobName job) {
        return purges() + job.value();
    }

    /** Prefix of what is to be told of executions. */
    public String notices() {
        return keyspace + "/_dkron/outbox/";
    }

    /** Something to be told, the oldest first. */
    public String notice(long term, long number) {
        return notices() + String.format("%020d-%010d", term, number);
    }

    /** What is left to do of a step that was too large for one batch; exists only until it is done. */
    public String todo() {
        return keyspace + "/_dkron/todo";
    }

    /** Prefix of all jobs. */
    public String jobs() {
        return keyspace + "/jobs/";
    }

    public String job(JobName name) {
        return jobs() + name.value();
    }

    /** The job that this is the key of; empty for any other key. */
    public Optional<JobName> jobOf(String key) {
        return key.startsWith(jobs()) && key.length() > jobs().length()
                ? Optional.of(new JobName(key.substring(jobs().length())))
                : Optional.empty();
    }

    /** Prefix of all executions. */
    public String executions() {
        return keyspace + "/executions/";
    }

    /** Prefix of the executions of exactly this job. */
    public String executions(JobName job) {
        return executions() + job.value() + "/";
    }

    public String execution(JobName job, ExecutionId id) {
        return executions(job) + id;
    }
}
