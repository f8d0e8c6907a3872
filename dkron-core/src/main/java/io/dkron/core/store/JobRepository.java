package io.dkron.core.store;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** Jobs in a store: knows keys and their JSON. Safe for use by many threads, as the store is. */
public final class JobRepository {
    private static final Logger LOG = System.getLogger(JobRepository.class.getName());
    private static final int PAGE = 500;

    private final Store store;
    private final Keys keys;
    private final Codec<Job> codec;

    public JobRepository(Store store, Keys keys, Codec<Job> codec) {
        this.store = Objects.requireNonNull(store, "store");
        this.keys = Objects.requireNonNull(keys, "keys");
        this.codec = Objects.requireNonNull(codec, "codec");
    }

    /** @throws StoreException when the store cannot be read or the value is no job */
    public Optional<Stored<Job>> find(JobName name) {
        return store.get(keys.job(name)).map(this::stored);
    }

    /**
     * Hands over every job, in key order. A value that is no job is left out with a warning: one broken record must not
     * stop all others.
     *
     * @throws StoreException when the store cannot be read
     */
    public void forEach(Consumer<Stored<Job>> consumer) {
        forEach(consumer, broken -> {});
    }

    /**
     * As {@link #forEach(Consumer)}, with what to do with values that are no job.
     *
     * @param broken gets each entry that is left out, its warning is logged
     * @throws StoreException when the store cannot be read
     */
    public void forEach(Consumer<Stored<Job>> consumer, Consumer<Entry> broken) {
        new Entries(store, keys.jobs(), "", PAGE)
                .forEachRemaining(entry -> readable(entry).ifPresentOrElse(consumer, () -> broken.accept(entry)));
    }

    /** Adds the job to a batch, which its owner commits. */
    public void put(Batch batch, Job job) {
        batch.put(keys.job(job.name()), codec.write(job));
    }

    private Optional<Stored<Job>> readable(Entry entry) {
        try {
            return Optional.of(stored(entry));
        } catch (UnreadableException e) {
            LOG.log(Level.WARNING, "job left out, its record is broken: {0}", e.getMessage());
            return Optional.empty();
        }
    }

    private Stored<Job> stored(Entry entry) {
        try {
            Job job = codec.read(entry.value());
            if (!entry.key().equals(keys.job(job.name()))) {
                throw new StoreException("holds a job of another name: " + job.name());
            }
            return new Stored<>(job, entry.version());
        } catch (RuntimeException e) { // a codec may stumble over anything
            throw new UnreadableException(entry.key() + ": " + e.getMessage(), e);
        }
    }
}
