package io.dkron.connectors.dynamodb;

import io.dkron.core.store.Batch;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * A batch in DynamoDB's words.
 *
 * @param items first those of the expected keys, in the order of the batch; each item stands in it once
 * @param version of all that it puts
 */
record Transaction(List<TransactWriteItem> items, long version) {
    private static final String IS_THERE =
            "attribute_not_exists(" + Item.EXPIRATION + ") OR " + Item.EXPIRATION + " > :now";
    private static final String SAME = Item.VERSION + " = :expected AND (" + IS_THERE + ")";
    private static final String ABSENT = "attribute_not_exists(" + Item.ID + ") OR " + Item.EXPIRATION + " <= :now";

    Transaction {
        items = List.copyOf(items);
    }

    static Transaction of(Batch batch, Tables tables, long version, Clock clock) {
        List<TransactWriteItem> items = new ArrayList<>();
        List<TransactWriteItem> rows = new ArrayList<>();
        Set<String> keys = new LinkedHashSet<>(batch.expected().keySet());
        keys.addAll(batch.writes().keySet());
        for (String key : keys) {
            Optional<Condition> condition =
                    Optional.ofNullable(batch.expected().get(key)).map(expected -> Condition.of(expected, clock));
            Optional<byte[]> value = batch.writes().getOrDefault(key, Optional.empty());
            if (!batch.writes().containsKey(key)) {
                items.add(check(tables, key, condition.orElseThrow()));
            } else if (value.isPresent()) {
                items.add(put(tables, Item.of(key, value.get(), version), condition));
                if (batch.expected().getOrDefault(key, Batch.ABSENT) == Batch.ABSENT) {
                    rows.add(row(tables, key)); // else there is one
                }
            } else {
                items.add(delete(tables, key, condition));
                rows.add(TransactWriteItem.builder()
                        .delete(d -> d.tableName(tables.keys()).key(KeyTable.row(Place.of(key))))
                        .build());
            }
        }
        items.addAll(rows);
        return new Transaction(items, version);
    }

    private static TransactWriteItem check(Tables tables, String key, Condition condition) {
        return TransactWriteItem.builder()
                .conditionCheck(c -> c.tableName(tables.items())
                        .key(Item.key(key))
                        .conditionExpression(condition.expression())
                        .expressionAttributeValues(condition.values())
                        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD))
                .build();
    }

    private static TransactWriteItem put(
            Tables tables, Map<String, AttributeValue> item, Optional<Condition> condition) {
        return TransactWriteItem.builder()
                .put(p -> {
                    p.tableName(tables.items()).item(item);
                    condition.ifPresent(c -> p.conditionExpression(c.expression())
                            .expressionAttributeValues(c.values())
                            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD));
                })
                .build();
    }

    private static TransactWriteItem delete(Tables tables, String key, Optional<Condition> condition) {
        return TransactWriteItem.builder()
                .delete(d -> {
                    d.tableName(tables.items()).key(Item.key(key));
                    condition.ifPresent(c -> d.conditionExpression(c.expression())
                            .expressionAttributeValues(c.values())
                            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD));
                })
                .build();
    }

    private static TransactWriteItem row(Tables tables, String key) {
        return TransactWriteItem.builder()
                .put(p -> p.tableName(tables.keys()).item(KeyTable.row(Place.of(key))))
                .build();
    }

    /** What an item is compared by. */
    private record Condition(String expression, Map<String, AttributeValue> values) {
        static Condition of(long expected, Clock clock) {
            Map<String, AttributeValue> values = new HashMap<>();
            values.put(":now", AttributeValue.fromN(Long.toString(Item.seconds(clock))));
            if (expected != Batch.ABSENT) {
                values.put(":expected", AttributeValue.fromN(Long.toString(expected)));
            }
            return new Condition(expected == Batch.ABSENT ? ABSENT : SAME, values);
        }
    }
}
