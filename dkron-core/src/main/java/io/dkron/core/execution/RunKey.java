package io.dkron.core.execution;

import java.util.Objects;

/**
 * What makes a run the same run: agents refuse a key they have seen (protocol P2). Never reused, whatever clocks do.
 *
 * @param jobUid the job's uid, new at every creation of its name
 * @param cause why: {@code due:<nanoseconds>} for a firing, {@code request:<id>} for a manual run or one at creation,
 *     {@code parent:<uid>:<group>} for a dependent's
 * @param node the member that runs it
 * @param attempt from 1
 */
public record RunKey(String jobUid, String cause, String node, int attempt) {
    public RunKey {
        Objects.requireNonNull(jobUid, "jobUid");
        Objects.requireNonNull(cause, "cause");
        Objects.requireNonNull(node, "node");
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt " + attempt);
        }
    }

    /** The key of the next attempt on the same node. */
    public RunKey next() {
        return new RunKey(jobUid, cause, node, attempt + 1);
    }
}
