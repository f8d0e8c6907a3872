package io.dkron.ejb.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.engine.LeaderRecords;
import io.dkron.core.store.Batch;
import io.dkron.core.store.BatchListener;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.MemoryStore;
import io.dkron.core.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedCopyTest {
    private static final String KEY = "k/_dkron/leader";

    private final MemoryStore store = new MemoryStore();
    private final List<String> told = new ArrayList<>();
    private boolean unreadable;
    private final SharedCopy copy = new SharedCopy(store, listener(), KEY);
    private LeaderRecord lead = new LeaderRecord("c", 1, "n", "x", 0, Instant.EPOCH);

    @Test
    void theFirstCommitOfALeadReadsAllAndEachLaterOneIsTold() {
        commit();
        commit();
        assertThat(told).containsExactly("replaced 1.0", "applied 1.1");
        assertThat(copy.leads()).isTrue();
    }

    @Test
    void aFollowerIsToldFromWhereItBeganUntilTheLeadIsOver() {
        Told follower = new Told();
        assertThat(copy.follow(follower)).isFalse();
        commit();
        assertThat(copy.follow(follower)).isTrue();
        commit();
        copy.follow();
        assertThat(follower.lines).containsExactly("begin 1.0", "applied 1.1", "end");
        assertThat(copy.leads()).isFalse();
    }

    @Test
    void P4anUnknownOutcomeLetsEverybodyBeginAnew() {
        commit();
        Told follower = new Told();
        copy.follow(follower);
        store.fates(() -> MemoryStore.Fate.LOST_APPLIED);
        commit();
        store.fates(() -> MemoryStore.Fate.NORMAL);
        assertThat(follower.lines).containsExactly("begin 1.0", "end");
        lead = lead.succeeded("n", "y", Instant.EPOCH);
        commit();
        assertThat(told).containsExactly("replaced 1.0", "replaced 2.0");
    }

    @Test
    void aCommitThatFailedForSureChangesNothing() {
        commit();
        store.fates(() -> MemoryStore.Fate.FAILED);
        commit();
        store.fates(() -> MemoryStore.Fate.NORMAL);
        commit();
        assertThat(told).containsExactly("replaced 1.0", "applied 1.2");
    }

    @Test
    void whatCannotBeReadBackIsUnknown() {
        unreadable = true;
        assertThat(commit()).isInstanceOf(CommitResult.Unknown.class);
        assertThat(copy.leads()).isFalse();
        unreadable = false;
        assertThat(commit()).isInstanceOf(CommitResult.Committed.class);
        assertThat(told).containsExactly("replaced 1.1");
    }

    @Test
    void whatAnotherLeaderTellsCountsUntilThisServerLeads() {
        copy.begun(5);
        copy.told(6, new Batch(), 9);
        commit();
        copy.told(7, new Batch(), 10);
        copy.begun(7);
        assertThat(told).containsExactly("replaced 0.5", "applied 0.6", "replaced 1.0");
    }

    @Test
    void withoutALeaderTheStoreIsReadOnce() {
        store.commit(new Batch().put(KEY, LeaderRecords.JSON.write(lead)));
        copy.load();
        copy.load();
        assertThat(told).containsExactly("replaced 1.0");
    }

    private CommitResult commit() {
        CommitResult result = copy.commit(new Batch().put(KEY, LeaderRecords.JSON.write(lead)));
        lead = lead.next(Instant.EPOCH);
        return result;
    }

    private static String at(long position) {
        return (position >> 40) + "." + (position & 0xFF_FFFF_FFFFL);
    }

    private BatchListener listener() {
        return new BatchListener() {
            @Override
            public void applied(long index, Batch batch, long version) {
                told.add("applied " + at(index));
            }

            @Override
            public void replaced(long index) {
                if (unreadable) {
                    throw new StoreException("away");
                }
                told.add("replaced " + at(index));
            }
        };
    }

    private static final class Told implements SharedCopy.Follower {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void begin(long position) {
            lines.add("begin " + at(position));
        }

        @Override
        public void applied(long position, Batch batch, long version) {
            lines.add("applied " + at(position));
        }

        @Override
        public void end(String reason) {
            lines.add("end");
        }
    }
}
