package io.dkron.ejb.service;

import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.cluster.TargetSelector;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The cluster as this node sees it, and the node itself. Safe for many threads. */
public final class ClusterService {
    /** What this node says of itself and of others. */
    public interface View {
        Member self();

        /** All known members, ordered by name. */
        List<Member> members();

        /** Who leads; empty while nobody is known to. */
        Optional<Member> leader();

        /** The leader's term; 0 while none is known. */
        long term();

        /** Whether a live member has an executor of that name. */
        boolean hasExecutor(String name);

        /** The executors of live members, ordered by name. */
        List<Installed> executors();

        /** The processors of this node, ordered by name. */
        List<Installed> processors();

        /**
         * How far the clocks of other servers are ahead of this node's, by node name; negative where they are behind. Only
         * those that were measured lately.
         */
        Map<String, Duration> clockOffsets();

        /** The Raft group; empty with an external store, which has none. */
        Optional<RaftOperations> raft();

        /** Forgets a failed member, here and on all others; see {@link ClusterService#forget}. */
        CompletionStage<ForgetAnswer> forget(String name);
    }

    private final View view;
    private final Readiness readiness;
    private final String backend;
    private final Supplier<CompletionStage<LeaveAnswer>> leave;

    /**
     * @param backend the name of the store's backend
     * @param leave leaves for good
     */
    public ClusterService(
            View view, Readiness readiness, String backend, Supplier<CompletionStage<LeaveAnswer>> leave) {
        this.view = Objects.requireNonNull(view, "view");
        this.readiness = Objects.requireNonNull(readiness, "readiness");
        this.backend = Objects.requireNonNull(backend, "backend");
        this.leave = Objects.requireNonNull(leave, "leave");
    }

    /** This node. */
    public Member self() {
        return view.self();
    }

    /** All known members, ordered by name. */
    public List<Member> members() {
        return view.members();
    }

    /** How many members have that status. */
    public int count(MemberStatus status) {
        return (int) members().stream().filter(m -> m.status() == status).count();
    }

    /** Who leads; empty while nobody is known to. */
    public Optional<Member> leader() {
        return view.leader();
    }

    /** Whether this node leads. */
    public boolean leads() {
        return view.leader().filter(l -> l.id().equals(self().id())).isPresent();
    }

    /** The leader's term; 0 while none is known. */
    public long term() {
        return view.term();
    }

    /** Whether a live member has an executor of that name. */
    public boolean hasExecutor(String name) {
        return view.hasExecutor(name);
    }

    /** The executors of live members, ordered by name; keys are known of those that this node has too. */
    public List<Installed> executors() {
        return view.executors();
    }

    /** The processors of this node, ordered by name. */
    public List<Installed> processors() {
        return view.processors();
    }

    /** How far the clocks of other servers are ahead of this node's, by node name; only those measured lately. */
    public Map<String, Duration> clockOffsets() {
        return view.clockOffsets();
    }

    /** The Raft group; empty with an external store, which has none. */
    public Optional<RaftOperations> raft() {
        return view.raft();
    }

    /**
     * The live members that a job with these tags would choose from now, ordered by name: those of the leader's region
     * that carry every tag. Counts are not applied.
     */
    public List<Member> match(SortedMap<String, String> tags) {
        String region = leader().orElseGet(this::self).tags().getOrDefault("region", "");
        return TargetSelector.matching(tags, members(), region);
    }

    /**
     * Forgets a failed member at once instead of after its grace time: it is listed no more, a server is removed from
     * Raft, and what it ran is no longer waited for. A member that only seemed to have failed joins again as it comes back.
     */
    public CompletionStage<ForgetAnswer> forget(String name) {
        return view.forget(name);
    }

    /** The name of the store's backend. */
    public String backend() {
        return backend;
    }

    /** Whether the store answers. */
    public boolean storeUp() {
        return readiness.storeTrouble().isEmpty();
    }

    /** Whether this node is ready, and why not. */
    public Readiness readiness() {
        return readiness;
    }

    /**
     * Leaves the cluster for good: waits for the own executions that run, then ends the process, once the answer had time
     * to go out. Refused at once, and nothing is done, while agents are alive that would be left without a server.
     */
    public CompletionStage<LeaveAnswer> leave() {
        return leavesAgentsAlone() ? CompletableFuture.completedFuture(LeaveAnswer.LAST_SERVER) : leave.get();
    }

    private boolean leavesAgentsAlone() {
        List<Member> others = members().stream()
                .filter(member -> member.alive() && !member.id().equals(self().id()))
                .toList();
        return !others.isEmpty() && others.stream().noneMatch(Member::server);
    }

    /** How a request to forget a member ended. */
    public enum ForgetAnswer {
        DONE,
        /** No member has that name. */
        UNKNOWN,
        /** Refused: it has not failed. */
        ALIVE
    }

    /** How a request to leave ended. */
    public enum LeaveAnswer {
        /** Done; the process ends. */
        LEFT,
        /** Refused: this is the last server and agents are alive. */
        LAST_SERVER
    }
}
