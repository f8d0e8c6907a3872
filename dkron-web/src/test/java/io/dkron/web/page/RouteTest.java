package io.dkron.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.web.page.Route.Page;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTest {
    @Test
    void eachPageHasItsAddress() {
        assertThat(Route.of("/")).isEqualTo(new Route(Page.OVERVIEW, "", ""));
        assertThat(Route.of("/jobs")).isEqualTo(new Route(Page.JOBS, "", ""));
        assertThat(Route.of("/jobs/")).isEqualTo(new Route(Page.JOBS, "", ""));
        assertThat(Route.of("/jobs/job1")).isEqualTo(new Route(Page.JOB, "job1", ""));
        assertThat(Route.of("/jobs/job1/runs/17-a-b")).isEqualTo(new Route(Page.RUN, "job1", "17-a-b"));
        assertThat(Route.of("/cluster")).isEqualTo(new Route(Page.MEMBERS, "", ""));
        assertThat(Route.of("/api")).isEqualTo(new Route(Page.REFERENCE, "", ""));
    }

    @Test
    void aJobNamedNewIsNotTheFormForANewJob() {
        assertThat(Route.of("/jobs/new")).isEqualTo(new Route(Page.EDITOR, "", ""));
        assertThat(Route.of("/jobs/new/")).isEqualTo(new Route(Page.JOB, "new", ""));
        assertThat(Route.of(Route.jobPage("new"))).isEqualTo(new Route(Page.JOB, "new", ""));
        assertThat(Route.of("/jobs/new/edit")).isEqualTo(new Route(Page.EDITOR, "new", ""));
        assertThat(Route.of("/jobs/new/runs/17-a")).isEqualTo(new Route(Page.RUN, "new", "17-a"));
        assertThat(Route.of(Route.jobPage("a/b"))).isEqualTo(new Route(Page.JOB, "a/b", ""));
        assertThat(Route.of("/jobs/a%2Fb/edit")).isEqualTo(new Route(Page.EDITOR, "a/b", ""));
    }

    @Test
    void namesAreDecodedAndAPlusIsAPlus() {
        assertThat(Route.of("/jobs/a%2Fb%20%C3%BC").job()).isEqualTo("a/b ü");
        assertThat(Route.of("/jobs/a+b").job()).isEqualTo("a+b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nope",
                "/index.xhtml",
                "/views/job.xhtml",
                "/WEB-INF/web.xml",
                "/jobs/a/b",
                "/jobs/a/runs",
                "/jobs/a/runs/1/2",
                "/jobs//runs/1",
                "//",
                "/jobs/%zz",
                "/jobs/%",
                "/jobs/..",
                "/jobs/%2e%2e",
                "/cluster/a",
                "/jobs/a;b=c"
            })
    void whatMeansNoPageIsNotFound(String path) {
        assertThat(Route.of(path)).isEqualTo(Route.NOT_FOUND);
    }

    @Test
    void anEncodedSegmentComesBack() {
        assertThat(Route.of("/jobs/" + Route.encode("a b/ü?#%")).job()).isEqualTo("a b/ü?#%");
    }
}
