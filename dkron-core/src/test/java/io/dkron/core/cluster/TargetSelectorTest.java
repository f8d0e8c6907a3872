package io.dkron.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TargetSelectorTest {
    private final SplittableRandom random = new SplittableRandom(3);
    private final List<Member> members = List.of(
            member("a", "web", MemberStatus.ALIVE),
            member("b", "web", MemberStatus.ALIVE),
            member("c", "web", MemberStatus.ALIVE),
            member("d", "db", MemberStatus.ALIVE),
            member("e", "web", MemberStatus.FAILED));

    private static Member member(String name, String role, MemberStatus status) {
        return new Member(
                name,
                name,
                "127.0.0.1",
                1,
                2,
                false,
                new TreeMap<>(Map.of("role", role, "region", "global")),
                status,
                "j");
    }

    private List<String> select(Map<String, String> tags) {
        return TargetSelector.select(new TreeMap<>(tags), members, "global", random).stream()
                .map(Member::name)
                .toList();
    }

    @Test
    void noTagsMeanEveryLiveMember() {
        assertThat(select(Map.of())).containsExactly("a", "b", "c", "d");
    }

    @Test
    void everyTagMustMatchLiterally() {
        assertThat(select(Map.of("role", "web"))).containsExactly("a", "b", "c");
        assertThat(select(Map.of("role", "w.b"))).isEmpty();
        assertThat(select(Map.of("role", "web", "x", "y"))).isEmpty();
    }

    @Test
    void theSmallestCountWins() {
        assertThat(select(Map.of("role", "web:2", "region", "global:1"))).hasSize(1);
        assertThat(select(Map.of("role", "web:9"))).hasSize(3);
    }

    @Test
    void aBadCountMeansNobodyAndTwoColonsNoCount() {
        assertThat(select(Map.of("role", "web:0"))).isEmpty();
        assertThat(select(Map.of("role", "web:x"))).isEmpty();
        assertThat(select(Map.of("role", "web:1:2"))).hasSize(3);
    }

    @Test
    void otherRegionsAreNoTargets() {
        assertThat(TargetSelector.select(new TreeMap<>(), members, "europe", random))
                .isEmpty();
        assertThat(TargetSelector.select(new TreeMap<>(), members, "", random)).hasSize(4);
    }

    @Test
    void f42TheChoiceIsEven() {
        Map<String, Integer> chosen = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            select(Map.of("role", "web:1")).forEach(n -> chosen.merge(n, 1, Integer::sum));
        }
        assertThat(chosen).hasSize(3);
        assertThat(chosen.values()).allSatisfy(n -> assertThat(n).isBetween(70, 130));
    }
}
