package io.dkron.ejb.leader;

import io.dkron.core.cluster.Fence;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Tells members, each time it runs on the leader, which outputs nobody can ask for any more: of jobs that were deleted,
 * or keep their logs no more. A member that was away hears of it later. What is known of the jobs may be a moment older
 * than what a member keeps: only what is not wanted at two looks in a row goes. Run by one thread at a time.
 */
public final class KeptLogs implements Runnable {
    private final AgentCalls calls;
    private final Supplier<Optional<Fence>> lead;
    private final Supplier<? extends Collection<String>> members;
    private final Supplier<Optional<Set<String>>> keeping;
    private final Map<String, Set<String>> suspects = new ConcurrentHashMap<>(); // by member

    /**
     * @param lead under which this node leads; empty while it does not
     * @param members names of those that are alive
     * @param keeping uids of all jobs that keep their logs; empty while not all jobs are known
     */
    public KeptLogs(
            AgentCalls calls,
            Supplier<Optional<Fence>> lead,
            Supplier<? extends Collection<String>> members,
            Supplier<Optional<Set<String>>> keeping) {
        this.calls = Objects.requireNonNull(calls, "calls");
        this.lead = Objects.requireNonNull(lead, "lead");
        this.members = Objects.requireNonNull(members, "members");
        this.keeping = Objects.requireNonNull(keeping, "keeping");
    }

    @Override
    public void run() {
        Optional<Fence> fence = lead.get();
        Collection<String> alive = fence.isPresent() ? members.get() : Set.of();
        suspects.keySet().retainAll(alive);
        alive.forEach(node -> calls.keptLogs(fence.orElseThrow(), node, Set.of())
                .thenAccept(kept -> kept.ifPresent(jobs -> look(fence.orElseThrow(), node, jobs))));
    }

    private void look(Fence fence, String node, Set<String> kept) {
        Optional<Set<String>> wanted = kept.isEmpty() ? Optional.of(Set.of()) : keeping.get();
        if (wanted.isEmpty()) {
            return;
        }
        Set<String> unwanted = new HashSet<>(kept);
        unwanted.removeAll(wanted.get());
        Set<String> before = unwanted.isEmpty() ? suspects.remove(node) : suspects.put(node, Set.copyOf(unwanted));
        if (before != null) {
            unwanted.retainAll(before);
            if (!unwanted.isEmpty()) {
                calls.keptLogs(fence, node, unwanted);
            }
        }
    }
}
