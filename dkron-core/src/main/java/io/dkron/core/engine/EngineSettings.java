package io.dkron.core.engine;

import java.time.Duration;
import java.util.Objects;

/**
 * What the engine is set to.
 *
 * @param node the name of this node, which stands in executions that found no member
 * @param region members of other regions are no targets; empty for any
 * @param executionsKept most ended executions kept of a job, at least 1
 * @param misfireGrace how late a firing may run when its job does not say
 * @param onTime a firing that is no later than this, and fell due while this node led, is no misfire
 * @param dispatchFor how long an order is offered to a member that cannot be reached
 * @param lostAfter how long a member may be away before its executions are lost
 * @param processFor how long processors may take for one execution
 * @param outputLimit most bytes of output stored with an execution
 * @param batchWrites about how many keys go into one commit
 * @param batchBytes about how many bytes of values go into one commit
 * @param notices whom to tell of executions, and how
 */
public record EngineSettings(
        String node,
        String region,
        int executionsKept,
        Duration misfireGrace,
        Duration onTime,
        Duration dispatchFor,
        Duration lostAfter,
        Duration processFor,
        int outputLimit,
        int batchWrites,
        int batchBytes,
        NoticeRules notices) {
    public EngineSettings {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(region, "region");
        Objects.requireNonNull(notices, "notices");
        if (executionsKept < 1 || outputLimit < 1 || batchWrites < 1 || batchBytes < 1) {
            throw new IllegalArgumentException("limits must be at least 1");
        }
    }

    /** The defaults, for this node. */
    public static EngineSettings of(String node) {
        return new EngineSettings(
                node,
                "",
                100,
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                256_000,
                4_000,
                4 << 20,
                NoticeRules.NONE);
    }

    /** These settings with another number of executions kept. */
    public EngineSettings keeping(int executions) {
        return new EngineSettings(
                node,
                region,
                executions,
                misfireGrace,
                onTime,
                dispatchFor,
                lostAfter,
                processFor,
                outputLimit,
                batchWrites,
                batchBytes,
                notices);
    }

    /** These settings with other rules of whom to tell. */
    public EngineSettings telling(NoticeRules rules) {
        return new EngineSettings(
                node,
                region,
                executionsKept,
                misfireGrace,
                onTime,
                dispatchFor,
                lostAfter,
                processFor,
                outputLimit,
                batchWrites,
                batchBytes,
                rules);
    }
}
