package io.dkron.core.engine;

import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.cluster.Progress;
import io.dkron.core.job.MissedFirings;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Who takes the lead, and on what grounds.
 *
 * @param node the name of this node
 * @param gap why firings that fell due before now were not handled
 * @param cluster id of the cluster that the servers agreed on; empty where the store alone says it, and where it says
 *     nothing a new one is born
 * @param follows whether this node may lead after the one that the store names; empty for none
 * @param seen how far this node, its agent, or anybody that it heard of saw the store; a store that shows less went back in
 *     time, and is not led (protocol P14)
 * @param accepted an operator said to go on with a store that went back: the term is raised above all that was seen, and
 *     what fell due until now is missed, as nobody knows what of it ran
 */
public record Claim(
        String node,
        MissedFirings.Reason gap,
        Optional<String> cluster,
        Predicate<Optional<LeaderRecord>> follows,
        Progress seen,
        boolean accepted) {
    public Claim {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(follows, "follows");
        Objects.requireNonNull(seen, "seen");
        gap = accepted ? MissedFirings.Reason.ROLLBACK : Objects.requireNonNull(gap, "gap");
    }

    /** Of a node that saw nothing before. */
    public static Claim of(String node, MissedFirings.Reason gap) {
        return new Claim(node, gap, Optional.empty(), found -> true, Progress.NONE, false);
    }

    /** The same where the servers agreed on a cluster. */
    public Claim in(Optional<String> agreed) {
        return new Claim(node, gap, agreed, follows, seen, accepted);
    }

    /** The same where not everybody may lead after everybody. */
    public Claim after(Predicate<Optional<LeaderRecord>> allowed) {
        return new Claim(node, gap, cluster, allowed, seen, accepted);
    }

    /** The same by one who saw this. */
    public Claim seen(Progress before) {
        return new Claim(node, gap, cluster, follows, seen.max(before), accepted);
    }

    /** The same after an operator accepted that the store went back. */
    public Claim accept() {
        return new Claim(node, gap, cluster, follows, seen, true);
    }
}
