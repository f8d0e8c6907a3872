package io.dkron.connectors.dynamodb;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Page;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/**
 * A table of DynamoDB in the form of Dkron 1.x, and beside it the table {@code KEYSPACE.keys} of its keys in order.
 *
 * <p>Dkron 1.x reads the whole table for each list, since its only key is a hash: the executions of one job cost a scan of
 * all jobs' executions. A global index is behind by some moments, which a new leader must not be, and a local one needs a
 * table made for it. So the keys stand in a table of their own, by {@link Place}, written in the same transaction: a list is
 * a consistent query of keys, then reads of their items, and costs what it answers. A new or deleted key takes two writes
 * of a transaction's hundred, one that is overwritten where it was expected takes one.
 *
 * <p>All reads are consistent. Safe for use by many threads.
 */
final class DynamoStore implements StoreClient {
    private static final System.Logger LOG = System.getLogger(DynamoStore.class.getName());

    /**
     * A transaction takes 100 items, of which a key needs two, and 4 MiB: values grow by a third in base64, and names stand
     * twice.
     */
    private static final Limits LIMITS = new Limits(50, 3_000_000, Item.LARGEST_VALUE);

    private static final int READS_A_CALL = 100;

    private final DynamoDbClient client;
    private final Calls calls;
    private final Failures failures;
    private final Tables tables;
    private final KeyTable keys;
    private final Commits commits;
    private final Versions versions;
    private final Clock clock;
    private final Duration timeout;
    private volatile boolean closed;

    private DynamoStore(DynamoDbClient client, Failures failures, Tables tables, Duration timeout, Clock clock) {
        this.client = client;
        this.failures = failures;
        this.tables = tables;
        this.timeout = timeout;
        this.clock = clock;
        calls = new Calls(failures);
        keys = new KeyTable(client, calls, tables.keys());
        commits = new Commits(client, failures, clock);
        versions = new Versions(clock);
    }

    /**
     * Opens the store; creates its tables where they are absent, and lists the keys of a table of Dkron 1.x.
     *
     * @throws StoreException when that cannot be done: which table, why, what to do
     */
    static DynamoStore open(StoreRequest request) {
        String where = Client.endpoint(request).map(URI::toString).orElse("AWS");
        Failures failures = new Failures("dynamodb " + where + " table " + request.keyspace());
        Tables tables = Tables.of(request.keyspace(), failures);
        DynamoDbClient client = Client.of(request);
        try {
            DynamoStore store = new DynamoStore(client, failures, tables, request.timeout(), Clock.systemUTC());
            tables.ensure(client, store.calls, failures, request.timeout());
            new KeyFill(client, store.calls, tables, store.keys, request.timeout(), store.clock).run();
            LOG.log(System.Logger.Level.INFO, "store opened table={0} endpoint={1}", tables.items(), where);
            return store;
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    @Override
    public Optional<Entry> get(String key) {
        Place.checked(key);
        return reading(deadline -> Item.read(
                calls.repeat(
                        "cannot be read",
                        deadline,
                        left -> client.getItem(request -> request.tableName(tables.items())
                                        .key(Item.key(key))
                                        .consistentRead(true)
                                        .overrideConfiguration(Client.within(left)))
                                .item()),
                clock));
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        return reading(deadline -> {
            KeyWalk walk = new KeyWalk(keys, prefix, after, deadline);
            List<Entry> found = new ArrayList<>();
            while (found.size() <= limit) {
                List<String> next = walk.next((int) Math.min(READS_A_CALL, (long) limit - found.size() + 1));
                if (next.isEmpty()) {
                    return new Page(found, false);
                }
                found.addAll(items(next, deadline)); // fewer when some went meanwhile, or have expired
            }
            return new Page(found.subList(0, limit), true);
        });
    }

    private List<Entry> items(List<String> wanted, Deadline deadline) {
        Map<String, Entry> found = new HashMap<>();
        Map<String, KeysAndAttributes> left = Map.of(
                tables.items(),
                KeysAndAttributes.builder()
                        .consistentRead(true)
                        .keys(wanted.stream().map(Item::key).toList())
                        .build());
        for (int attempt = 1; !left.isEmpty(); attempt++) {
            Map<String, KeysAndAttributes> now = left;
            BatchGetItemResponse answer = calls.repeat(
                    "cannot be read",
                    deadline,
                    time -> client.batchGetItem(
                            request -> request.requestItems(now).overrideConfiguration(Client.within(time))));
            List<Map<String, AttributeValue>> items = answer.responses().getOrDefault(tables.items(), List.of());
            items.forEach(item -> Item.read(item, clock).ifPresent(entry -> found.put(entry.key(), entry)));
            left = answer.unprocessedKeys(); // throttled, or more than 16 MB
            if (items.isEmpty() && !left.isEmpty()) {
                calls.pauseOrFail("cannot be read", attempt, deadline);
            }
        }
        return wanted.stream().filter(found::containsKey).map(found::get).toList();
    }

    @Override
    public CommitResult commit(Batch batch) {
        batch.expected().keySet().forEach(Place::checked);
        batch.writes().keySet().forEach(Place::checked);
        Transaction transaction = Transaction.of(batch, tables, versions.next(), clock);
        if (batch.isEmpty()) {
            return new CommitResult.Committed(transaction.version());
        }
        Deadline deadline = Deadline.in(timeout);
        if (closed) {
            return new CommitResult.Failed(failures.text("closed"));
        }
        try {
            keys.ensureFolders(
                    batch.writes().entrySet().stream()
                            .filter(write -> write.getValue().isPresent())
                            .map(Map.Entry::getKey)
                            .toList(),
                    deadline);
        } catch (StoreException e) {
            return new CommitResult.Failed(e.getMessage());
        }
        return commits.commit(batch, transaction, deadline);
    }

    @Override
    public Health health() {
        try {
            get("dkron/health"); // whether it is there or not
            return Health.UP;
        } catch (StoreException e) {
            return Health.down(e.getMessage());
        }
    }

    @Override
    public Limits limits() {
        return LIMITS;
    }

    private <R> R reading(Function<Deadline, R> read) {
        if (closed) {
            throw failures.refusal("closed");
        }
        return read.apply(Deadline.in(timeout));
    }

    @Override
    public void close() {
        closed = true;
        client.close();
    }
}
