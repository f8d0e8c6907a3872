package io.dkron.core.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/**
 * Which members a job runs on: live ones that carry every one of its tags; of these as many as the smallest count says,
 * chosen evenly. Pure but for the random source.
 */
public final class TargetSelector {
    private TargetSelector() {}

    /**
     * The targets, ordered by name.
     *
     * @param tags of the job, {@code key} to {@code value} or {@code value:count}; none means every member
     * @param region only members of it; empty for any
     * @return empty when none matches, also when a count is no number of at least 1
     */
    public static List<Member> select(
            SortedMap<String, String> tags, Collection<Member> members, String region, RandomGenerator random) {
        List<Member> matching = matching(tags, members, region);
        int count = count(tags);
        if (matching.size() <= count) {
            return count < 1 ? List.of() : matching;
        }
        List<Member> pool = new ArrayList<>(matching);
        for (int i = 0; i < count; i++) { // the first steps of a Fisher-Yates shuffle
            int j = i + random.nextInt(pool.size() - i);
            Member chosen = pool.get(j);
            pool.set(j, pool.get(i));
            pool.set(i, chosen);
        }
        List<Member> chosen = new ArrayList<>(pool.subList(0, count));
        chosen.sort(Comparator.comparing(Member::name));
        return List.copyOf(chosen);
    }

    /** Whether the tags ask for a number of members rather than for all that match. */
    public static boolean counted(SortedMap<String, String> tags) {
        return count(tags) < Integer.MAX_VALUE;
    }

    /** The live members that carry every tag, counts aside, ordered by name. */
    public static List<Member> matching(SortedMap<String, String> tags, Collection<Member> members, String region) {
        return members.stream()
                .filter(Member::alive)
                .filter(m -> region.isEmpty() || region.equals(m.tags().getOrDefault("region", region)))
                .filter(m -> carries(m, tags))
                .sorted(Comparator.comparing(Member::name))
                .toList();
    }

    private static boolean carries(Member member, Map<String, String> tags) {
        return tags.entrySet().stream()
                .allMatch(t -> value(t.getValue()).equals(member.tags().get(t.getKey())));
    }

    private static String value(String tag) {
        int colon = tag.indexOf(':');
        return colon < 0 ? tag : tag.substring(0, colon);
    }

    /** The smallest count of the tags; {@code Integer.MAX_VALUE} without one, 0 where one is wrong. */
    private static int count(SortedMap<String, String> tags) {
        int smallest = Integer.MAX_VALUE;
        for (String tag : tags.values()) {
            int colon = tag.indexOf(':');
            if (colon >= 0 && tag.indexOf(':', colon + 1) < 0) { // with two colons there is no count
                smallest = Math.min(smallest, number(tag.substring(colon + 1)));
            }
        }
        return smallest;
    }

    private static int number(String text) {
        try {
            return Math.max(0, Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return 0; // nobody: Dkron's rule for data stored before counts were checked
        }
    }
}
