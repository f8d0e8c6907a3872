package io.dkron.core.upkeep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.engine.LeaderRecords;
import io.dkron.core.engine.Takeover;
import io.dkron.core.job.MissedFirings;
import io.dkron.core.store.Batch;
import io.dkron.core.store.Entries;
import io.dkron.core.store.Layout;
import io.dkron.core.store.MemoryStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoreCopyTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final LeaderRecord LEAD = new LeaderRecord("cluster", 7, "n1", "x", 3, NOW);

    private final MemoryStore source = new MemoryStore();
    private final MemoryStore target = new MemoryStore();
    private final List<StoreCopy.Progress> told = new ArrayList<>();
    private int commits;

    @BeforeEach
    void fill() {
        Batch batch = new Batch();
        for (int i = 0; i < 1_200; i++) {
            batch.put("dkron/jobs/job" + i, ("value of " + i).getBytes(UTF_8));
        }
        batch.put("dkron/_dkron/leader", LeaderRecords.JSON.write(LEAD));
        batch.put("dkron/_dkron/paused", new byte[0]);
        batch.put("dkron/leader", "n1".getBytes(UTF_8));
        batch.put("dkron/leader___lock/1", new byte[0]);
        batch.put("dkron2/jobs/other", new byte[1]);
        source.commit(batch);
    }

    @Test
    void everythingOfTheKeyspaceIsThereUnderTheNewNameWithAHigherTerm() {
        assertThat(copy()).isEqualTo(new StoreCopy.Result.Done(1_201, 1_201));
        assertThat(told)
                .hasSizeGreaterThan(2)
                .last()
                .isEqualTo(
                        new StoreCopy.Progress(1_201, told.get(told.size() - 1).bytes()));
        TreeMap<String, String> found = new TreeMap<>();
        new Entries(target, "", "", 100).forEachRemaining(e -> found.put(e.key(), new String(e.value(), UTF_8)));
        assertThat(found)
                .hasSize(1_202)
                .containsEntry("new/jobs/job77", "value of 77")
                .containsKey("new/_dkron/paused");
        LeaderRecord lead = LeaderRecords.JSON.read(
                target.get("new/_dkron/leader").orElseThrow().value());
        assertThat(lead.term()).isEqualTo(8);
        assertThat(lead.clusterId()).isEqualTo("cluster");
    }

    @Test
    void aCopyThatWasCutOffGoesOnWhereItEndedAndNobodyLeadsBefore() {
        target.fates(() -> ++commits > 3 ? MemoryStore.Fate.LOST_DROPPED : MemoryStore.Fate.NORMAL);
        assertThat(copy()).isInstanceOf(StoreCopy.Result.Failed.class);
        target.fates(() -> MemoryStore.Fate.NORMAL);
        assertThat(Takeover.run(target, Layout.json("new"), "n", MissedFirings.Reason.DOWN, () -> "uid", NOW))
                .isInstanceOf(Takeover.Result.Failed.class);
        StoreCopy.Result again = copy();
        assertThat(again).isInstanceOfSatisfying(StoreCopy.Result.Done.class, done -> {
            assertThat(done.keys()).isEqualTo(1_201);
            assertThat(done.copied()).isPositive().isLessThan(1_201);
        });
    }

    @Test
    void anAnswerThatWasLostIsNoHarm() {
        target.fates(() -> ++commits == 2 ? MemoryStore.Fate.LOST_APPLIED : MemoryStore.Fate.NORMAL);
        assertThat(copy()).isInstanceOf(StoreCopy.Result.Failed.class);
        assertThat(copy()).isInstanceOf(StoreCopy.Result.Done.class);
    }

    @Test
    void aTargetThatHoldsSomethingIsLeftAlone() {
        target.commit(new Batch().put("new/jobs/mine", new byte[1]));
        assertThat(copy())
                .isInstanceOfSatisfying(
                        StoreCopy.Result.Failed.class,
                        failed -> assertThat(failed.reason()).contains("not empty"));
        assertThat(target.get("new/_dkron/copying")).isEmpty();
    }

    @Test
    void aSourceThatIsWrittenMeanwhileIsNoticed() {
        target.fates(() -> {
            source.commit(new Batch().put("dkron/_dkron/leader", LeaderRecords.JSON.write(LEAD.next(NOW))));
            return MemoryStore.Fate.NORMAL;
        });
        assertThat(copy())
                .isInstanceOfSatisfying(
                        StoreCopy.Result.Failed.class,
                        failed -> assertThat(failed.reason()).contains("stop its servers"));
        assertThat(target.get("new/_dkron/leader")).isEmpty();
    }

    @Test
    void aDifferenceInTheEndIsTold() {
        target.fates(() -> ++commits == 5 ? MemoryStore.Fate.LOST_DROPPED : MemoryStore.Fate.NORMAL);
        copy(); // all but its end
        target.fates(() -> MemoryStore.Fate.NORMAL);
        target.commit(new Batch().put("new/jobs/job0", "changed".getBytes(UTF_8)));
        assertThat(copy())
                .isInstanceOfSatisfying(
                        StoreCopy.Result.Failed.class,
                        failed -> assertThat(failed.reason()).contains("differ"));
    }

    private StoreCopy.Result copy() {
        return StoreCopy.run(source, "dkron", target, "new", NOW, told::add);
    }
}
