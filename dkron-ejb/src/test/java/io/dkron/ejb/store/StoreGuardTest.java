package io.dkron.ejb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Page;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

class StoreGuardTest {
    private final Fake store = new Fake();
    private long now = 1;
    private final StoreGuard guard = new StoreGuard(store, () -> now, nanos -> {});

    @Test
    void aFailedCommitIsNotTriedAgainWithinThePause() {
        store.next = new CommitResult.Failed("disk full");
        guard.commit(new Batch());
        store.next = new CommitResult.Committed(1);

        assertThat(guard.commit(new Batch())).isEqualTo(new CommitResult.Failed("disk full"));
        assertThat(guard.health()).isEqualTo(Health.down("disk full"));
        assertThat(store.commits).isEqualTo(1);
    }

    @Test
    void theFirstCommitAfterThePauseClosesTheCircuit() {
        store.next = new CommitResult.Unknown("answer lost");
        guard.commit(new Batch());
        store.next = new CommitResult.Committed(2);
        now += StoreGuard.FIRST_PAUSE.toNanos();

        assertThat(guard.commit(new Batch())).isEqualTo(new CommitResult.Committed(2));
        assertThat(guard.trouble()).isEmpty();
        assertThat(guard.health()).isEqualTo(Health.UP);
    }

    @Test
    void whereAnotherLeadsAFailedCommitSaysNothingOfTheStore() {
        store.next = new CommitResult.Unknown("lead lost");
        guard.commit(new Batch());
        assertThat(guard.trouble()).isPresent();
        guard.writing(false);
        assertThat(guard.trouble()).isEmpty();
        store.next = new CommitResult.Failed("not the leader");
        guard.commit(new Batch());
        assertThat(guard.trouble()).isEmpty();

        guard.writing(true);
        guard.commit(new Batch());
        assertThat(guard.trouble()).contains("not the leader");
    }

    @Test
    void aLeadThatIsLostWhileItsCommitFailsLeavesNoTroubleBehind() {
        AtomicReference<StoreGuard> guarded = new AtomicReference<>();
        AtomicInteger looks = new AtomicInteger();
        guarded.set(new StoreGuard(
                store,
                () -> {
                    if (looks.incrementAndGet() == 3) { // the commit has failed, and is about to be noted
                        guarded.get().writing(false);
                    }
                    return now;
                },
                nanos -> {}));
        store.next = new CommitResult.Unknown("lead lost");
        guarded.get().commit(new Batch());
        assertThat(looks.get()).isGreaterThanOrEqualTo(3);
        assertThat(guarded.get().trouble()).isEmpty();
    }

    @Test
    void thePauseGrowsUpToALimit() {
        store.next = new CommitResult.Failed("away");
        for (int i = 0; i < 20; i++) {
            guard.commit(new Batch());
            now += StoreGuard.LONGEST_PAUSE.toNanos();
        }
        assertThat(store.commits).isEqualTo(20);
        guard.commit(new Batch());
        now += StoreGuard.LONGEST_PAUSE.toNanos() - 1;
        guard.commit(new Batch());
        assertThat(store.commits).isEqualTo(21);
    }

    @Test
    void aFullDiskDoesNotStopReads() {
        store.next = new CommitResult.Failed("disk full");
        guard.commit(new Batch());

        assertThat(guard.get("k")).isEmpty();
        assertThat(guard.trouble()).contains("disk full");
    }

    @Test
    void aFailedReadOpensTheCircuitForReadsToo() {
        store.broken = true;
        assertThatThrownBy(() -> guard.get("k")).isInstanceOf(StoreException.class);
        store.broken = false;
        assertThatThrownBy(() -> guard.get("k"))
                .isInstanceOf(StoreException.class)
                .hasMessage("broken");

        now += StoreGuard.FIRST_PAUSE.toNanos();
        assertThat(guard.get("k")).isEmpty();
        assertThat(guard.trouble()).isEmpty();
    }

    @Test
    void anOutageIsToldOnceAMinuteAndItsEndOnce() {
        List<String> lines = new ArrayList<>();
        Logger logger = Logger.getLogger(StoreGuard.class.getName());
        Handler handler = new Lines(lines);
        logger.addHandler(handler);
        try {
            store.next = new CommitResult.Failed("disk full");
            for (int second = 0; second < 130; second++) { // it fails, or comes and goes, for two minutes
                store.next = second % 10 == 9 ? new CommitResult.Committed(1) : new CommitResult.Failed("disk full");
                guard.commit(new Batch());
                now += 1_000_000_000L;
            }
            assertThat(lines)
                    .filteredOn(l -> l.startsWith("SEVERE store failed reason=\"disk full\""))
                    .hasSize(3);
            assertThat(lines).hasSizeBetween(3, 6);
            store.next = new CommitResult.Committed(1);
            now += StoreGuard.LONGEST_PAUSE.toNanos();
            guard.commit(new Batch());
            assertThat(lines.get(lines.size() - 1)).startsWith("INFO store answered again after=");
        } finally {
            logger.removeHandler(handler);
        }
    }

    private static final class Lines extends Handler {
        private final List<String> lines;

        private Lines(List<String> lines) {
            this.lines = lines;
        }

        @Override
        public void publish(LogRecord record) {
            lines.add(record.getLevel() + " " + new SimpleFormatter().formatMessage(record));
        }

        @Override
        public void flush() {
            // kept in memory
        }

        @Override
        public void close() {
            // kept in memory
        }
    }

    private static final class Fake implements Store {
        private CommitResult next = new CommitResult.Committed(1);
        private boolean broken;
        private int commits;

        @Override
        public Optional<Entry> get(String key) {
            if (broken) {
                throw new StoreException("broken");
            }
            return Optional.empty();
        }

        @Override
        public Page list(String prefix, String after, int limit) {
            return new Page(List.of(), false);
        }

        @Override
        public CommitResult commit(Batch batch) {
            commits++;
            return next;
        }

        @Override
        public Health health() {
            return Health.UP;
        }
    }
}
