package io.dkron.core.upkeep;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.engine.LeaderRecords;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entries;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Keys;
import io.dkron.core.store.Layout;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Copies a keyspace into another one, on any two backends. No server may run on either meanwhile: the target cannot be led
 * before the copy is finished, a source that changes is noticed, and the copy then fails. What was copied is written down
 * with it, so a copy that was cut off goes on where it ended. In the end both are read and compared. The term rises, so that
 * nothing that the source's last leader sent counts any more (protocol P1, P21).
 */
public final class StoreCopy {
    private static final int MOST_KEYS = 500;
    private static final int MOST_BYTES = 4 << 20;
    private static final int PAGE = 100; // outputs can be 256 KB each
    private static final int MARGIN = 4 << 10;

    private final Store source;
    private final Keys from;
    private final Store target;
    private final Layout to;
    private final Limits limits;
    private final Consumer<Progress> told;
    private final Instant now;
    private long copied;
    private long bytes;

    /** How far a copy is: keys and bytes that were written by this run. */
    public record Progress(long keys, long bytes) {}

    /** How a copy ended. */
    public sealed interface Result {
        /**
         * All is there, and equal.
         *
         * @param keys in the target
         * @param copied of them by this run
         */
        record Done(long keys, long copied) implements Result {}

        /** It is not finished; nothing is lost, and the same copy can be asked for again. @param reason and what to do */
        record Failed(String reason) implements Result {}
    }

    /** Ends the copy with its reason. */
    private static final class FailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FailedException(String message) {
            super(message);
        }
    }

    private StoreCopy(
            Store source, String sourceKeyspace, Store target, String keyspace, Instant now, Consumer<Progress> told) {
        this.source = Objects.requireNonNull(source, "source");
        this.from = new Keys(sourceKeyspace);
        this.target = Objects.requireNonNull(target, "target");
        this.to = Layout.json(keyspace);
        this.limits = target.limits();
        this.now = Objects.requireNonNull(now, "now");
        this.told = Objects.requireNonNull(told, "told");
    }

    /**
     * Copies.
     *
     * @param now stands in the target's fence
     * @param told after each commit
     */
    public static Result run(
            Store source,
            String sourceKeyspace,
            Store target,
            String targetKeyspace,
            Instant now,
            Consumer<Progress> told) {
        try {
            return new StoreCopy(source, sourceKeyspace, target, targetKeyspace, now, told).run();
        } catch (FailedException | StoreException e) {
            return new Result.Failed(e.getMessage());
        }
    }

    private Result run() {
        Optional<LeaderRecord> before = leader(source, from);
        String origin = before.map(LeaderRecord::clusterId).orElse("none");
        Mark mark = begin(origin);
        mark = copy(mark, origin);
        if (!leader(source, from).equals(before)) {
            throw new FailedException(
                    "a server writes the source while it is copied: stop its servers, and copy again");
        }
        long keys = compare();
        finish(mark, before);
        return new Result.Done(keys, copied);
    }

    /** Where the copy is, and the version of the record that says so. */
    private record Mark(String after, long version) {}

    private Mark begin(String origin) {
        Optional<Entry> found = target.get(to.keys().copying());
        if (found.isPresent()) {
            String[] lines = new String(found.get().value(), UTF_8).split("\n", 2);
            if (!lines[0].equals(origin)) {
                throw new FailedException("the target holds the unfinished copy of another source (" + lines[0]
                        + "): finish that one, or empty the target's keyspace");
            }
            return new Mark(lines.length > 1 ? lines[1] : "", found.get().version());
        }
        if (new Entries(target, to.keys().root(), "", PAGE).hasNext()) {
            throw new FailedException("the target's keyspace is not empty: choose another one, or empty it");
        }
        return new Mark("", committed(marked(new Batch(), origin, new Mark("", Batch.ABSENT), "")));
    }

    private Batch marked(Batch batch, String origin, Mark mark, String after) {
        return batch.expect(to.keys().copying(), mark.version())
                .put(to.keys().copying(), (origin + "\n" + after).getBytes(UTF_8));
    }

    private Mark copy(Mark begun, String origin) {
        Mark mark = begun;
        Entries entries = new Entries(source, from.root(), mark.after(), PAGE);
        Batch batch = new Batch();
        int size = 0;
        String last = mark.after();
        while (entries.hasNext()) {
            Entry entry = entries.next();
            if (!copies(entry.key())) {
                continue;
            }
            String key = moved(entry.key());
            byte[] value = fitting(key, entry.value());
            int weight = key.length() * 3 + value.length;
            if (batch.writes().size() + 2 > Math.min(limits.operations(), MOST_KEYS)
                    || size + weight + MARGIN > Math.min(limits.bytes(), MOST_BYTES)) {
                mark = write(batch, size, origin, mark, last);
                batch = new Batch();
                size = 0;
            }
            batch.put(key, value);
            size += weight;
            last = entry.key();
        }
        return batch.isEmpty() ? mark : write(batch, size, origin, mark, last);
    }

    private Mark write(Batch batch, int size, String origin, Mark mark, String last) {
        long keys = batch.writes().size();
        long version = committed(marked(batch, origin, mark, last));
        copied += keys;
        bytes += size;
        told.accept(new Progress(copied, bytes));
        return new Mark(last, version);
    }

    /** Reads both side by side. @return how many keys there are */
    private long compare() {
        Entries here = new Entries(source, from.root(), "", PAGE);
        Entries there = new Entries(target, to.keys().root(), "", PAGE);
        long keys = 0;
        while (true) {
            Optional<Entry> wanted = next(here, this::copies);
            Optional<Entry> found = next(there, key -> !key.equals(to.keys().copying()));
            if (wanted.isEmpty() && found.isEmpty()) {
                return keys;
            }
            Optional<String> key = wanted.map(e -> moved(e.key()));
            if (!key.equals(found.map(Entry::key))) {
                throw new FailedException("source and target differ: " + key.orElse("nothing") + " is to be where "
                        + found.map(Entry::key).orElse("nothing") + " is: empty the target, and copy again");
            }
            if (!Arrays.equals(
                    fitting(key.orElseThrow(), wanted.orElseThrow().value()),
                    found.orElseThrow().value())) {
                throw new FailedException(
                        "source and target differ in " + key.orElseThrow() + ": empty the target, and copy again");
            }
            keys++;
        }
    }

    private static Optional<Entry> next(Entries entries, java.util.function.Predicate<String> counts) {
        while (entries.hasNext()) {
            Entry entry = entries.next();
            if (counts.test(entry.key())) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    private void finish(Mark mark, Optional<LeaderRecord> before) {
        Batch batch = new Batch()
                .expect(to.keys().copying(), mark.version())
                .delete(to.keys().copying());
        before.ifPresent(record -> batch.expect(to.keys().leader(), Batch.ABSENT)
                .put(
                        to.keys().leader(),
                        LeaderRecords.JSON.write(record.succeeded(record.node(), LeaderRecord.NOBODY, now))));
        committed(batch);
    }

    private long committed(Batch batch) {
        return target.commit(batch).match(new CommitResult.Cases<>() {
            @Override
            public Long committed(CommitResult.Committed c) {
                return c.version();
            }

            @Override
            public Long refused(CommitResult.Refused r) {
                throw new FailedException(
                        "somebody else writes the target (" + r.key() + "): stop what does, copy again");
            }

            @Override
            public Long failed(CommitResult.Failed f) {
                throw new FailedException("the target did not take it: " + f.reason());
            }

            @Override
            public Long unknown(CommitResult.Unknown u) {
                throw new FailedException("the target did not answer: " + u.reason() + "; copy again, it goes on");
            }
        });
    }

    /** A value as the target can hold it: of an execution that is too large the end of the output is kept. */
    private byte[] fitting(String key, byte[] value) {
        if (value.length <= limits.value()) {
            return value;
        }
        String prefix = to.keys().executions();
        Optional<ExecutionId> id =
                key.startsWith(prefix) ? ExecutionId.parse(key.substring(key.lastIndexOf('/') + 1)) : Optional.empty();
        if (id.isEmpty()) {
            throw new FailedException(key + ": its " + value.length
                    + " bytes are more than the target holds in a value, " + limits.value());
        }
        Execution execution = to.executions().read(id.get(), value);
        byte[] output = execution.output().bytes();
        int over = value.length - limits.value();
        int kept = Math.max(0, output.length - over); // base64 only makes it more
        byte[] tail = Arrays.copyOfRange(output, output.length - kept, output.length);
        byte[] cut = to.executions()
                .write(execution
                        .with()
                        .output(new OutputTail(tail, execution.output().size()))
                        .build());
        if (cut.length > limits.value()) {
            throw new FailedException(key + ": does not fit into " + limits.value() + " bytes without its output");
        }
        return cut;
    }

    private static Optional<LeaderRecord> leader(Store store, Keys keys) {
        return store.get(keys.leader()).map(entry -> LeaderRecords.JSON.read(entry.value()));
    }

    /** What belongs to whoever leads is not copied: neither our fence nor Dkron 1.x's locks. */
    private boolean copies(String key) {
        String rest = key.substring(from.root().length());
        return !key.equals(from.leader())
                && !key.equals(from.copying())
                && !rest.equals("leader")
                && !rest.startsWith("leader/")
                && !rest.startsWith("leader___lock")
                && !rest.startsWith("job_locks/");
    }

    private String moved(String key) {
        return to.keys().root() + key.substring(from.root().length());
    }
}
