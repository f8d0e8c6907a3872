package io.dkron.core.upkeep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.store.Batch;
import io.dkron.core.store.Layout;
import io.dkron.core.store.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoreCheckTest {
    private static final String JOB = "{\"name\":\"%s\",\"schedule\":\"@every 1h\",\"executor\":\"shell\"%s}";
    private static final String ENDED = "{\"job_name\":\"%s\",\"started_at\":\"2026-01-01T00:00:00Z\","
            + "\"finished_at\":\"2026-01-01T00:00:01Z\",\"success\":true,\"node_name\":\"n\",\"group\":5,\"attempt\":1}";

    private final MemoryStore store = new MemoryStore();
    private final List<String> found = new ArrayList<>();

    @Test
    void anEmptyKeyspaceAndASoundOneHaveNoFindings() {
        assertThat(check()).isEqualTo(new StoreCheck.Summary(0, 0, 0));
        put("k/jobs/a", JOB.formatted("a", ""));
        put("k/jobs/b", JOB.formatted("b", ",\"parent_job\":\"a\""));
        put("k/executions/a/5-n", ENDED.formatted("a"));
        assertThat(check()).isEqualTo(new StoreCheck.Summary(2, 1, 0));
    }

    @Test
    void whatContradictsItselfIsTold() {
        put("k/_dkron/leader", "{}");
        put("k/_dkron/copying", "x");
        put("k/jobs/broken", "{");
        put("k/jobs/named", JOB.formatted("else", ""));
        put("k/jobs/child", JOB.formatted("child", ",\"parent_job\":\"gone\""));
        put("k/executions/gone/5-n", ENDED.formatted("gone"));
        put("k/executions/child/nonsense", "{}");
        put("k/executions/child/6-n", "[]");
        put("k/executions/child/7-n", ENDED.formatted("other"));
        StoreCheck.Summary summary = check();
        assertThat(summary.jobs()).isEqualTo(3);
        assertThat(summary.executions()).isEqualTo(4);
        assertThat(summary.findings()).isEqualTo(found.size());
        assertThat(found)
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).startsWith("k/_dkron/leader: cannot be read"),
                        line -> assertThat(line).startsWith("k/_dkron/copying: a migration"),
                        line -> assertThat(line).startsWith("k/jobs/broken: cannot be read"),
                        line -> assertThat(line).startsWith("k/jobs/named: holds the job else"),
                        line -> assertThat(line).startsWith("k/jobs/child: its parent job gone does not exist"),
                        line -> assertThat(line).startsWith("k/executions/gone/5-n: its job does not exist"),
                        line -> assertThat(line).startsWith("k/executions/child/nonsense: is no execution's key"),
                        line -> assertThat(line).startsWith("k/executions/child/6-n: cannot be read"),
                        line -> assertThat(line).startsWith("k/executions/child/7-n: holds an execution of other"));
    }

    @Test
    void anExecutionOfADeletedJobStaysWhileSomethingIsToBeToldOfIt() {
        put("k/executions/gone/5-n", ENDED.formatted("gone"));
        put("k/executions/gone/6-n", ENDED.formatted("gone"));
        put(
                "k/_dkron/outbox/1-1",
                "{\"channel\":\"mail\",\"moment\":\"end\",\"job\":\"gone\",\"execution\":\"5-n\",\"state\":\"success\"}");
        put("k/_dkron/outbox/1-2", "nonsense");
        check();
        assertThat(found)
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).startsWith("k/_dkron/outbox/1-2: cannot be read"),
                        line -> assertThat(line).startsWith("k/executions/gone/6-n: its job does not exist"));
    }

    private void put(String key, String value) {
        store.commit(new Batch().put(key, value.getBytes(UTF_8)));
    }

    private StoreCheck.Summary check() {
        return StoreCheck.run(store, Layout.json("k"), finding -> found.add(finding.toString()));
    }
}
