package io.dkron.ejb.service;

import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
     * to go out.
     */
    public CompletionStage<LeaveAnswer> leave() {
        return leave.get();
    }

    /** How a request to leave ended. */
    public enum LeaveAnswer {
        /** Done; the process ends. */
        LEFT,
        /** Refused: this is the last server and agents are alive. */
        LAST_SERVER
    }
}
