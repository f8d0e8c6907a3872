package io.dkron.connectors.embedded;

import io.dkron.connectors.embedded.GroupCommit.Pending;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The batches of one disk commit: each sees those before it, and its result counts only once all are on the disk. */
final class GroupWrite {
    private final StoreFile file;
    private final Map<Pending, CommitResult> results = new LinkedHashMap<>();
    private Applied applied;
    private boolean changed;

    GroupWrite(StoreFile file) {
        this.file = file;
        this.applied = file.applied();
    }

    Applied applied() {
        return applied;
    }

    boolean isChanged() {
        return changed;
    }

    void apply(Pending pending) {
        if (pending.index().isEmpty()) {
            commit(pending);
            return;
        }
        long index = pending.index().getAsLong();
        if (index <= applied.index()) {
            results.put(pending, new CommitResult.Committed(index));
        } else if (index > applied.index() + 1) {
            pending.refuse(new IllegalArgumentException(
                    "index " + index + " cannot follow " + applied.index() + ": batches between are missing"));
        } else {
            Optional<CommitResult.Refused> refusal = firstRefusal(pending.batch());
            advance(pending, refusal);
        }
    }

    /** Alone, a batch that is refused or writes nothing needs no index. */
    private void commit(Pending pending) {
        Optional<CommitResult.Refused> refusal = firstRefusal(pending.batch());
        if (refusal.isPresent()) {
            results.put(pending, refusal.get());
        } else if (pending.batch().writes().isEmpty()) {
            results.put(pending, new CommitResult.Committed(applied.index()));
        } else {
            advance(pending, refusal);
        }
    }

    private void advance(Pending pending, Optional<CommitResult.Refused> refusal) {
        Applied next = applied.after(pending.batch(), refusal.isPresent());
        if (refusal.isEmpty()) {
            pending.batch()
                    .writes()
                    .forEach((key, value) -> value.ifPresentOrElse(
                            bytes -> file.put(key, new StoredValue(next.index(), bytes)), () -> file.delete(key)));
        }
        applied = next;
        pending.hash(next.hash());
        changed = true;
        results.put(pending, refusal.<CommitResult>map(r -> r).orElse(new CommitResult.Committed(next.index())));
    }

    private Optional<CommitResult.Refused> firstRefusal(Batch batch) {
        for (Map.Entry<String, Long> expected : batch.expected().entrySet()) {
            long actual =
                    file.current(expected.getKey()).map(StoredValue::version).orElse(Batch.ABSENT);
            if (actual != expected.getValue()) {
                return Optional.of(new CommitResult.Refused(expected.getKey(), actual));
            }
        }
        return Optional.empty();
    }

    void settle() {
        results.forEach(Pending::settle);
    }
}
