package io.dkron.core.engine;

import io.dkron.core.engine.SimulatedCluster.Sabotage;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Layout;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Page;
import io.dkron.core.store.Store;
import java.util.Map;
import java.util.Optional;

/** Does what a store or an engine without one of the rules would do. */
final class SabotagedStore implements Store {
    private final Store inner;
    private final Layout layout;
    private final Sabotage rule;

    SabotagedStore(Store inner, Layout layout, Sabotage rule) {
        this.inner = inner;
        this.layout = layout;
        this.rule = rule;
    }

    @Override
    public CommitResult commit(Batch batch) {
        return switch (rule) {
            case FENCE -> inner.commit(unfenced(batch));
            case RESULT_ONCE -> inner.commit(counted(batch));
            case TODO -> inner.commit(without(layout.keys().todo(), batch));
            case OUTBOX -> inner.commit(without(layout.keys().notices(), batch));
            default -> inner.commit(batch);
        };
    }

    private static Batch without(String prefix, Batch batch) {
        Batch changed = new Batch();
        batch.expected().forEach(changed::expect);
        batch.writes().forEach((key, value) -> {
            if (!key.startsWith(prefix)) {
                value.ifPresentOrElse(v -> changed.put(key, v), () -> changed.delete(key));
            }
        });
        return changed;
    }

    private Batch unfenced(Batch batch) {
        Batch free = new Batch();
        batch.expected().forEach((key, version) -> {
            if (!key.equals(layout.keys().leader())) {
                free.expect(key, version);
            }
        });
        batch.writes().forEach((key, value) -> value.ifPresentOrElse(v -> free.put(key, v), () -> free.delete(key)));
        return free;
    }

    private Batch counted(Batch batch) {
        Batch changed = new Batch();
        batch.expected().forEach(changed::expect);
        for (Map.Entry<String, Optional<byte[]>> write : batch.writes().entrySet()) {
            byte[] value = write.getValue().orElse(null);
            if (value == null) {
                changed.delete(write.getKey());
            } else if (write.getKey().startsWith(layout.keys().jobs()) && succeeds(batch, value)) {
                Job job = layout.jobs().read(value);
                long count = job.state().successCount();
                changed.put(
                        write.getKey(),
                        layout.jobs()
                                .write(job.with(job.state()
                                        .with()
                                        .successCount(count + 1)
                                        .build())));
            } else {
                changed.put(write.getKey(), value);
            }
        }
        return changed;
    }

    private boolean succeeds(Batch batch, byte[] job) {
        String name = layout.jobs().read(job).name().value();
        return batch.writes().entrySet().stream()
                .filter(e -> e.getKey().startsWith("dkron/executions/" + name + "/"))
                .filter(e -> e.getValue().isPresent())
                .map(e -> read(e.getKey(), e.getValue().get()))
                .anyMatch(e -> e.state() == ExecutionState.SUCCESS);
    }

    private Execution read(String key, byte[] value) {
        ExecutionId id =
                ExecutionId.parse(key.substring(key.lastIndexOf('/') + 1)).orElseThrow();
        return layout.executions().read(id, value);
    }

    @Override
    public Optional<Entry> get(String key) {
        return inner.get(key);
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        return inner.list(prefix, after, limit);
    }

    @Override
    public Health health() {
        return inner.health();
    }

    @Override
    public Limits limits() {
        return inner.limits();
    }
}
