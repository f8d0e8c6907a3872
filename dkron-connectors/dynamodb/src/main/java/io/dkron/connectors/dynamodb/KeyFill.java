package io.dkron.connectors.dynamodb;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/**
 * Lists the keys of a table that Dkron 1.x wrote: reads all of it, in parts, and writes the row of each key. Done once, and
 * again when Dkron 1.x led since: its lock, which it renews every few seconds, then runs out later than that. Whoever is
 * cut off begins again; two servers at a time do the same twice. A row whose item went meanwhile is passed over by lists.
 */
final class KeyFill {
    private static final System.Logger LOG = System.getLogger(KeyFill.class.getName());
    private static final int TELL_EVERY = 10_000;

    private final DynamoDbClient client;
    private final Calls calls;
    private final Tables tables;
    private final KeyTable keys;
    private final Duration timeout;
    private final Clock clock;

    KeyFill(DynamoDbClient client, Calls calls, Tables tables, KeyTable keys, Duration timeout, Clock clock) {
        this.client = client;
        this.calls = calls;
        this.tables = tables;
        this.keys = keys;
        this.timeout = timeout;
        this.clock = clock;
    }

    /** @throws io.dkron.core.store.StoreException when a part cannot be read or written within the timeout */
    void run() {
        OptionalLong since = keys.completeSince(deadline());
        if (since.isPresent() && since.getAsLong() >= lockOfDkron1()) {
            return;
        }
        long now = Item.seconds(clock);
        long count = 0;
        Map<String, AttributeValue> start = Map.of();
        do {
            ScanResponse part = scan(start);
            List<String> found =
                    part.items().stream().map(item -> item.get(Item.ID).s()).toList();
            write(found);
            if (count / TELL_EVERY != (count + found.size()) / TELL_EVERY) {
                LOG.log(System.Logger.Level.INFO, "store keys listed table={0} so_far={1}", tables.items(), count);
            }
            count += found.size();
            start = part.lastEvaluatedKey();
        } while (!start.isEmpty());
        keys.markComplete(now, deadline());
        if (count > 0) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "store keys listed table={0} count={1}",
                    tables.items(),
                    Long.toString(count));
        }
    }

    /** When the lock of Dkron 1.x runs out, or did, in Unix seconds; 0 where there is none. */
    private long lockOfDkron1() {
        Map<String, AttributeValue> lock = calls.repeat(
                "cannot be read",
                deadline(),
                left -> client.getItem(request -> request.tableName(tables.items())
                                .key(Item.key(tables.items() + "/leader"))
                                .consistentRead(true)
                                .overrideConfiguration(Client.within(left)))
                        .item());
        return lock.containsKey(Item.EXPIRATION)
                ? Long.parseLong(lock.get(Item.EXPIRATION).n())
                : 0;
    }

    private ScanResponse scan(Map<String, AttributeValue> start) {
        return calls.repeat(
                "its keys cannot be listed",
                deadline(),
                left -> client.scan(request -> request.tableName(tables.items())
                        .consistentRead(true)
                        .projectionExpression(Item.ID)
                        .exclusiveStartKey(start.isEmpty() ? null : start)
                        .overrideConfiguration(Client.within(left))));
    }

    private void write(List<String> found) {
        List<Place> rows = new ArrayList<>();
        for (String key : found) {
            rows.add(Place.of(key));
        }
        for (int from = 0; from < rows.size(); from += 500) {
            int to = Math.min(rows.size(), from + 500);
            keys.ensureFolders(found.subList(from, to), deadline());
            keys.write(rows.subList(from, to), deadline());
        }
    }

    private Deadline deadline() {
        return Deadline.in(timeout);
    }
}
