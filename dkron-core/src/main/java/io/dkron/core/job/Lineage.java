package io.dkron.core.job;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Whose parent is whose, among jobs that come together and those that are stored. Of one name twice the last counts. Takes
 * time in proportion to the jobs, however long the chains are. Immutable.
 */
public final class Lineage {
    private static final int MOST_NAMED = 20;

    private final List<Member> members;
    private final Map<JobName, Member> byName;
    private final Function<JobName, Optional<JobName>> stored;

    /** A job, in short. */
    public record Member(JobName name, Optional<JobName> parent) {}

    /**
     * @param members in the order in which they came
     * @param stored the parent of a job that is stored; empty where it has none, or is not stored
     */
    public Lineage(List<Member> members, Function<JobName, Optional<JobName>> stored) {
        this.members = List.copyOf(members);
        this.stored = stored;
        byName = new HashMap<>();
        members.forEach(m -> byName.put(m.name(), m));
    }

    /** Whether one of them has that name. */
    public boolean contains(JobName name) {
        return byName.containsKey(name);
    }

    private Optional<JobName> parent(JobName name) {
        Member member = byName.get(name);
        return member == null ? stored.apply(name) : member.parent();
    }

    /** The jobs of this lineage that are their own ancestors, each with the cycle as text that begins at it. */
    public Map<JobName, String> cycles() {
        Map<JobName, String> cycles = new HashMap<>();
        Set<JobName> seen = new HashSet<>();
        for (Member member : members) {
            Set<JobName> line = new LinkedHashSet<>();
            Optional<JobName> at = Optional.of(member.name());
            while (at.isPresent() && !seen.contains(at.get()) && line.add(at.get())) {
                at = parent(at.get());
            }
            Optional<JobName> met = at.filter(line::contains);
            seen.addAll(line);
            if (met.isPresent()) {
                tell(line.stream().dropWhile(name -> !name.equals(met.get())).toList(), cycles);
            }
        }
        return cycles;
    }

    private void tell(List<JobName> cycle, Map<JobName, String> cycles) {
        int size = cycle.size();
        for (int from = 0; from < size; from++) {
            if (byName.containsKey(cycle.get(from))) {
                List<JobName> first = new ArrayList<>();
                for (int i = from; i < from + Math.min(size, MOST_NAMED); i++) {
                    first.add(cycle.get(i % size));
                }
                cycles.put(cycle.get(from), text(first, size));
            }
        }
    }

    private static String text(Collection<JobName> first, int size) {
        String named = first.stream().map(JobName::value).collect(Collectors.joining(" -> "));
        return named + (size > MOST_NAMED ? " -> …" : "") + " -> "
                + first.iterator().next();
    }

    /** The cycle of parents that begins at this job, as text; empty when there is none. */
    public static Optional<String> cycle(JobName start, Function<JobName, Optional<JobName>> parents) {
        Set<JobName> seen = new LinkedHashSet<>();
        Optional<JobName> at = Optional.of(start);
        while (at.isPresent() && seen.add(at.get())) {
            at = parents.apply(at.get());
        }
        if (at.isEmpty() || !at.get().equals(start)) {
            return Optional.empty();
        }
        return Optional.of(text(seen.stream().limit(MOST_NAMED).toList(), seen.size()));
    }

    /**
     * The places of the members in an order in which parents come before their dependents, and else as they came. Those of one
     * name stay together. There must be no {@link #cycles}.
     */
    public int[] parentsFirst() {
        Map<JobName, List<Integer>> places = new HashMap<>();
        for (int i = 0; i < members.size(); i++) {
            places.computeIfAbsent(members.get(i).name(), n -> new ArrayList<>(1))
                    .add(i);
        }
        int[] order = new int[members.size()];
        int next = 0;
        Set<JobName> seen = new HashSet<>();
        for (Member member : members) {
            Deque<JobName> line = new ArrayDeque<>(); // the job and its ancestors, eldest first
            Optional<JobName> at = Optional.of(member.name());
            while (at.isPresent() && seen.add(at.get())) {
                line.push(at.get());
                at = parent(at.get());
            }
            for (JobName name : line) {
                for (int place : places.getOrDefault(name, List.of())) {
                    order[next++] = place;
                }
            }
        }
        return order;
    }
}
