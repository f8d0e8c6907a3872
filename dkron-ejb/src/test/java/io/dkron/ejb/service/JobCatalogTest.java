package io.dkron.ejb.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.json.Profile;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class JobCatalogTest {
    private final JobCatalog catalog = new JobCatalog();

    @Test
    void jobsStandInOrderOfTheirNames() {
        put("b");
        put("a");
        put("c");
        assertThat(names(catalog.list(JobQuery.ALL))).containsExactly("a", "b", "c");
        assertThat(catalog.size()).isEqualTo(3);
    }

    @Test
    void f47ChildrenFollowFromTheirParentFieldInOrderOfAttachment() {
        put("parent");
        child("z", "parent");
        child("a", "parent");
        assertThat(dependents("parent")).containsExactly("z", "a");

        child("z", "other");
        assertThat(dependents("parent")).containsExactly("a");
        put("parent"); // posted again: its children stay
        assertThat(dependents("parent")).containsExactly("a");
        catalog.remove(new JobName("a"));
        assertThat(dependents("parent")).isEmpty();
        put("other");
        assertThat(dependents("other")).containsExactly("z");
    }

    @Test
    void aResetReplacesEverything() {
        put("gone");
        child("c", "p");
        catalog.reset(List.of(job("p", b -> b), job("d", b -> b.parent(new JobName("p")))));
        assertThat(names(catalog.list(JobQuery.ALL))).containsExactly("d", "p");
        assertThat(dependents("p")).containsExactly("d");
        assertThat(catalog.size()).isEqualTo(2);
    }

    @Test
    void theJsonOfAJobIsMadeOnceAndAnewWhenItChanges() {
        put("p");
        CatalogJob before = find("p");
        assertThat(before.json(Profile.V4)).isSameAs(before.json(Profile.V4));
        child("c", "p");
        assertThat(new String(find("p").json(Profile.V4), StandardCharsets.UTF_8))
                .contains("\"dependent_jobs\":[\"c\"]");
    }

    @Test
    void jsonIsKeptWhileThereIsRoomAndGivesItBack() {
        JsonRoom room = new JsonRoom(1_000); // for one of these and not for two
        JobCatalog small = new JobCatalog(room);
        small.put(job("a", b -> b));
        small.put(job("b", b -> b));
        CatalogJob kept = small.find(new JobName("a")).orElseThrow();
        CatalogJob not = small.find(new JobName("b")).orElseThrow();
        assertThat(kept.json(Profile.V4)).isSameAs(kept.json(Profile.V4)).hasSizeBetween(501, 1_000);
        assertThat(kept.json(Profile.V1)).isNotEqualTo(kept.json(Profile.V4));
        assertThat(room.taken()).isEqualTo(kept.json(Profile.V4).length);
        assertThat(not.json(Profile.V4)).isEqualTo(not.json(Profile.V4)).isNotSameAs(not.json(Profile.V4));
        small.put(job("a", b -> b.owner("o")));
        kept.json(Profile.V4); // by somebody who still has the old one
        small.remove(new JobName("b"));
        assertThat(room.taken()).isZero();
        assertThat(not.json(Profile.V4)).isNotEmpty();
        assertThat(room.taken()).isZero();
    }

    @Test
    void anEqualJobOfTheEngineIsHeldInPlaceOfItsOwn() {
        put("a");
        Job mine = find("a").job();
        Job equal =
                new Job(mine.definition().with().build(), mine.state().with().build());
        catalog.share(List.of(equal, job("unknown", b -> b)));
        assertThat(find("a").job()).isSameAs(equal);
        catalog.share(List.of(job("a", b -> b.owner("other"))));
        assertThat(find("a").job()).isSameAs(equal);
        assertThat(catalog.find(new JobName("unknown"))).isEmpty();
    }

    @Test
    void aPageKnowsHowManyTheWholeListHas() {
        for (String name : List.of("a", "b", "c", "d", "e")) {
            put(name);
        }
        JobPage page = catalog.list(JobQuery.ALL.rows(3, 10));
        assertThat(names(page)).containsExactly("d", "e");
        assertThat(page.total()).isEqualTo(5);
        assertThat(catalog.list(JobQuery.ALL.rows(7, 9)).jobs()).isEmpty();
    }

    @Test
    void conditionsAreJoinedByAnd() {
        catalog.put(job("a", b -> b.owner("ops").metadata(Map.of("team", "x"))));
        catalog.put(job("b", b -> b.owner("ops").metadata(Map.of("team", "y")).disabled(true)));
        catalog.put(job("c", b -> b.displayName("needle")));
        assertThat(names(catalog.list(query(Map.of("team", "x"), "ops", "")))).containsExactly("a");
        assertThat(names(catalog.list(query(Map.of(), "ops", "")))).containsExactly("a", "b");
        assertThat(names(catalog.list(query(Map.of(), null, "eedl")))).containsExactly("c");
    }

    @Test
    void aSortBreaksTiesByName() {
        catalog.put(job("b", b -> b.owner("x")));
        catalog.put(job("a", b -> b.owner("x")));
        catalog.put(job("c", b -> b.owner("a")));
        JobQuery byOwner = new JobQuery(
                Map.of(),
                Map.of(),
                Optional.empty(),
                "",
                Optional.empty(),
                Optional.empty(),
                JobOrder.of("owner", false),
                0,
                9);
        assertThat(names(catalog.list(byOwner))).containsExactly("c", "a", "b");
        assertThat(JobOrder.of("tags", false)).isEmpty();
    }

    @Test
    void f70ThePagesOfTenThousandJobsAreMadeInAMoment() {
        for (int i = 0; i < 10_000; i++) {
            int number = i;
            catalog.put(job("job" + i, b -> b.owner("owner" + number % 100)));
        }
        long begun = System.nanoTime();
        JobPage page = catalog.list(new JobQuery(
                Map.of(),
                Map.of(),
                Optional.empty(),
                "job",
                Optional.empty(),
                Optional.empty(),
                JobOrder.of("owner", true),
                0,
                50));
        assertThat(page.jobs())
                .hasSize(50)
                .allSatisfy(j -> assertThat(j.job().definition().owner()).isEqualTo("owner99"));
        assertThat(page.total()).isEqualTo(10_000);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
    }

    private static JobQuery query(Map<String, String> metadata, String owner, String text) {
        return new JobQuery(
                metadata,
                Map.of(),
                Optional.ofNullable(owner),
                text,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                Integer.MAX_VALUE);
    }

    private void put(String name) {
        catalog.put(job(name, b -> b));
    }

    private void child(String name, String parent) {
        catalog.put(job(name, b -> b.parent(new JobName(parent))));
    }

    private CatalogJob find(String name) {
        return catalog.find(new JobName(name)).orElseThrow();
    }

    private List<String> dependents(String name) {
        return find(name).dependents().stream().map(JobName::value).toList();
    }

    private static List<String> names(JobPage page) {
        return page.jobs().stream().map(j -> j.job().name().value()).toList();
    }

    private static Job job(String name, UnaryOperator<JobDefinition.Builder> with) {
        return new Job(with.apply(JobDefinition.named(name)).build(), JobState.created("u-" + name, Instant.EPOCH));
    }
}
