package io.dkron.connectors.dynamodb;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * The table of keys. The row of a key is written and deleted in the transaction that does so to its item. Rows of folders
 * are written before, and never deleted: one that leads nowhere costs a listing one question, and what was once seen to be
 * there need not be written again. Safe for use by many threads.
 */
final class KeyTable {
    private static final int WRITES_A_CALL = 25;
    private static final int MOST_REMEMBERED = 200_000;

    /** The row, of no folder, that says that every key has its row. */
    private static final Place COMPLETE = new Place("complete", "1");

    private static final String SINCE = "since";

    private final DynamoDbClient client;
    private final Calls calls;
    private final String table;
    private final Set<Place> folders = ConcurrentHashMap.newKeySet();

    KeyTable(DynamoDbClient client, Calls calls, String table) {
        this.client = client;
        this.calls = calls;
        this.table = table;
    }

    static Map<String, AttributeValue> row(Place place) {
        return Map.of(
                Tables.FOLDER, AttributeValue.fromS(place.folder()), Tables.NAME, AttributeValue.fromS(place.name()));
    }

    String table() {
        return table;
    }

    /**
     * Names in a folder, in order.
     *
     * @param low the lower bound
     * @param inclusive whether the bound itself may be answered
     * @param limit most names to answer; fewer do not say that none follow
     */
    Names names(String folder, String low, boolean inclusive, int limit, Deadline deadline) {
        QueryResponse answer = calls.repeat(
                "cannot be read",
                deadline,
                left -> client.query(request -> request.tableName(table)
                        .consistentRead(true)
                        .limit(limit)
                        .keyConditionExpression("#f = :f AND #n " + (inclusive ? ">=" : ">") + " :n")
                        .expressionAttributeNames(Map.of("#f", Tables.FOLDER, "#n", Tables.NAME))
                        .expressionAttributeValues(
                                Map.of(":f", AttributeValue.fromS(folder), ":n", AttributeValue.fromS(low)))
                        .overrideConfiguration(Client.within(left))));
        return new Names(
                answer.items().stream().map(row -> row.get(Tables.NAME).s()).toList(),
                answer.hasLastEvaluatedKey() && !answer.lastEvaluatedKey().isEmpty());
    }

    /** @param more whether names may follow */
    record Names(List<String> names, boolean more) {
        Names {
            names = List.copyOf(names);
        }
    }

    /** Sees to it that the folders of these keys are there. */
    void ensureFolders(Collection<String> keys, Deadline deadline) {
        Set<Place> missing = new LinkedHashSet<>();
        for (String key : keys) {
            for (Place folder : Place.foldersOf(key)) {
                if (!folders.contains(folder)) {
                    missing.add(folder);
                }
            }
        }
        write(missing, deadline);
        if (folders.size() + missing.size() > MOST_REMEMBERED) {
            folders.clear();
        }
        folders.addAll(missing);
    }

    /** When it was seen that every key has its row, in Unix seconds; empty when it never was. */
    OptionalLong completeSince(Deadline deadline) {
        Map<String, AttributeValue> row = calls.repeat(
                "cannot be read",
                deadline,
                left -> client.getItem(request -> request.tableName(table)
                                .key(row(COMPLETE))
                                .consistentRead(true)
                                .overrideConfiguration(Client.within(left)))
                        .item());
        return row.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(row.get(SINCE).n()));
    }

    /** @param since when the work that makes it complete began, in Unix seconds */
    void markComplete(long since, Deadline deadline) {
        Map<String, AttributeValue> row = new HashMap<>(row(COMPLETE));
        row.put(SINCE, AttributeValue.fromN(Long.toString(since)));
        calls.repeat(
                "keys cannot be written",
                deadline,
                left -> client.putItem(
                        request -> request.tableName(table).item(row).overrideConfiguration(Client.within(left))));
    }

    /** Writes rows that may be there already. */
    void write(Collection<Place> places, Deadline deadline) {
        List<WriteRequest> writes = new ArrayList<>();
        for (Place place : places) {
            writes.add(WriteRequest.builder()
                    .putRequest(put -> put.item(new HashMap<>(row(place))))
                    .build());
        }
        for (int from = 0; from < writes.size(); from += WRITES_A_CALL) {
            writeAll(writes.subList(from, Math.min(writes.size(), from + WRITES_A_CALL)), deadline);
        }
    }

    private void writeAll(List<WriteRequest> writes, Deadline deadline) {
        Map<String, List<WriteRequest>> left = Map.of(table, writes);
        for (int attempt = 1; !left.isEmpty(); attempt++) {
            Map<String, List<WriteRequest>> now = left;
            BatchWriteItemResponse answer = calls.repeat(
                    "keys cannot be written",
                    deadline,
                    time -> client.batchWriteItem(
                            request -> request.requestItems(now).overrideConfiguration(Client.within(time))));
            left = answer.unprocessedItems(); // throttled
            if (!left.isEmpty()) {
                calls.pauseOrFail("keys cannot be written", attempt, deadline);
            }
        }
    }
}
