package io.dkron.ejb.metrics;

import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What gossip tells of a member, with the names that Dkron counts it under. */
public enum MemberChange {
    JOIN("A member came alive."),
    LEAVE("A member left."),
    FAILED("A member failed."),
    UPDATE("A member changed its tags or addresses."),
    REAP("A member was forgotten.");

    private final String help;

    MemberChange(String help) {
        this.help = help;
    }

    String metric() {
        return "member_" + name().toLowerCase(Locale.ROOT);
    }

    String help() {
        return help;
    }

    /** What happened from one view of the cluster to the next, one change a member at most. */
    public static List<MemberChange> between(Collection<Member> before, Collection<Member> after) {
        Map<String, Member> known = byName(before);
        List<MemberChange> changes = new ArrayList<>();
        for (Member now : after) {
            Member then = known.remove(now.name());
            if (then == null || then.status() != now.status()) {
                entered(now.status()).ifPresent(changes::add);
            } else if (!then.equals(now)) {
                changes.add(UPDATE);
            }
        }
        known.values().forEach(gone -> changes.add(REAP));
        return changes;
    }

    private static Optional<MemberChange> entered(MemberStatus status) {
        return Optional.ofNullable(
                switch (status) {
                    case ALIVE -> JOIN;
                    case LEFT -> LEAVE;
                    case FAILED -> FAILED;
                    case LEAVING, NONE -> null; // on the way: counted when it has left
                });
    }

    private static Map<String, Member> byName(Collection<Member> members) {
        return members.stream()
                .collect(
                        Collectors.toMap(Member::name, Function.identity(), (one, other) -> other, LinkedHashMap::new));
    }
}
