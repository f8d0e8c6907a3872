package io.dkron.core.store;

import io.dkron.core.execution.Execution;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** Executions in a store: knows keys and their JSON. Safe for use by many threads, as the store is. */
public final class ExecutionRepository {
    private static final Logger LOG = System.getLogger(ExecutionRepository.class.getName());
    private static final int PAGE = 100; // outputs can be 256 KB each

    private final Store store;
    private final Keys keys;
    private final ExecutionCodec codec;

    public ExecutionRepository(Store store, Keys keys, ExecutionCodec codec) {
        this.store = Objects.requireNonNull(store, "store");
        this.keys = Objects.requireNonNull(keys, "keys");
        this.codec = Objects.requireNonNull(codec, "codec");
    }

    /**
     * @throws UnreadableException when the value is no execution
     * @throws StoreException when the store cannot be read
     */
    public Optional<Execution> find(JobName job, ExecutionId id) {
        return store.get(keys.execution(job, id)).map(entry -> execution(id, entry));
    }

    /**
     * The executions of exactly this job, oldest id first. Keys that hold no id, and values that are no execution, are
     * left out, the latter with a warning.
     *
     * @throws StoreException when the store cannot be read
     */
    public List<Execution> list(JobName job) {
        List<Execution> all = new ArrayList<>();
        int start = keys.executions(job).length();
        scan(
                job,
                entry -> ExecutionId.parse(entry.key().substring(start))
                        .flatMap(id -> readable(id, entry))
                        .ifPresent(all::add));
        all.sort(java.util.Comparator.comparing(Execution::id));
        return List.copyOf(all);
    }

    /**
     * The ids of the executions of exactly this job, ascending. Keys that hold no id are left out.
     *
     * @throws StoreException when the store cannot be read
     */
    public List<ExecutionId> ids(JobName job) {
        int start = keys.executions(job).length();
        List<ExecutionId> ids = new ArrayList<>();
        scan(job, entry -> ExecutionId.parse(entry.key().substring(start)).ifPresent(ids::add));
        ids.sort(null);
        return List.copyOf(ids);
    }

    /** Adds the execution to a batch, which its owner commits. */
    public void put(Batch batch, Execution execution) {
        batch.put(keys.execution(execution.job(), execution.id()), codec.write(execution));
    }

    private void scan(JobName job, Consumer<Entry> consumer) {
        new Entries(store, keys.executions(job), "", PAGE).forEachRemaining(consumer);
    }

    private Optional<Execution> readable(ExecutionId id, Entry entry) {
        try {
            return Optional.of(execution(id, entry));
        } catch (UnreadableException e) {
            LOG.log(Level.WARNING, "execution left out, its record is broken: {0}", e.getMessage());
            return Optional.empty();
        }
    }

    private Execution execution(ExecutionId id, Entry entry) {
        try {
            return codec.read(id, entry.value());
        } catch (RuntimeException e) { // a codec may stumble over anything
            throw new UnreadableException(entry.key() + ": " + e.getMessage(), e);
        }
    }
}
