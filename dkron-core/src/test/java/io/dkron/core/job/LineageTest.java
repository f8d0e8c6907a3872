package io.dkron.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LineageTest {
    private static final int MANY = 100_000;

    @Test
    void parentsComeFirstAndElseTheOrderStays() {
        assertThat(ordered(Map.of(), "x", "c>b", "b>a", "a", "y>a")).containsExactly("x", "a", "b", "c", "y");
    }

    @Test
    void thoseOfOneNameStayTogetherAndTheLastSaysTheParent() {
        assertThat(ordered(Map.of(), "a", "b", "a>c", "c")).containsExactly("c", "a", "a", "b");
    }

    @Test
    void aStoredJobBetweenTwoHoldsThemInOrder() {
        assertThat(ordered(Map.of("between", "b"), "a>between", "b")).containsExactly("b", "a");
    }

    @Test
    void eachJobOfACycleSaysItAndThoseBelowDoNot() {
        Lineage lineage = lineage(Map.of("between", "b"), "below>a", "a>between", "b>a", "self>self", "well");
        assertThat(named(lineage.cycles()))
                .isEqualTo(Map.of(
                        "a", "a -> between -> b -> a",
                        "b", "b -> a -> between -> b",
                        "self", "self -> self"));
    }

    @Test
    void aLongChainAndALongCycleTakeNoLongTime() {
        List<String> chain = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            chain.add("j" + i + ">j" + (i + 1));
        }
        chain.add("j" + MANY);
        List<String> ordered = ordered(Map.of(), chain.toArray(String[]::new));
        assertThat(ordered).hasSize(MANY + 1).startsWith("j" + MANY).endsWith("j0");

        chain.set(MANY, "j" + MANY + ">j0");
        Map<JobName, String> cycles =
                lineage(Map.of(), chain.toArray(String[]::new)).cycles();
        assertThat(cycles).hasSize(MANY + 1);
        assertThat(cycles.get(new JobName("j5"))).startsWith("j5 -> j6 -> ").endsWith(" -> j24 -> … -> j5");
    }

    private static Lineage lineage(Map<String, String> stored, String... members) {
        return new Lineage(
                Arrays.stream(members)
                        .map(m -> m.split(">", 2))
                        .map(m -> new Lineage.Member(
                                new JobName(m[0]), m.length > 1 ? Optional.of(new JobName(m[1])) : Optional.empty()))
                        .toList(),
                name -> Optional.ofNullable(stored.get(name.value())).map(JobName::new));
    }

    private static List<String> ordered(Map<String, String> stored, String... members) {
        return Arrays.stream(lineage(stored, members).parentsFirst())
                .mapToObj(place -> members[place].split(">", 2)[0])
                .toList();
    }

    private static Map<String, String> named(Map<JobName, String> cycles) {
        return cycles.entrySet().stream()
                .collect(Collectors.toMap(e -> e.getKey().value(), Map.Entry::getValue));
    }
}
