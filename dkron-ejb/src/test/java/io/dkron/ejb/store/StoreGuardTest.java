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
import java.util.List;
import java.util.Optional;
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
