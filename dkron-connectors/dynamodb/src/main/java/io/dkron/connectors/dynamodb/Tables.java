package io.dkron.connectors.dynamodb;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;

/**
 * The two tables of a keyspace.
 *
 * @param items as Dkron 1.x has it, named as the keyspace
 * @param keys the keys in order, see {@link Place}
 */
record Tables(String items, String keys) {
    static final String FOLDER = "folder";
    static final String NAME = "name";

    private static final System.Logger LOG = System.getLogger(Tables.class.getName());
    private static final Pattern TABLE = Pattern.compile("[A-Za-z0-9_.-]{3,250}");
    private static final Duration LONGEST_CREATION = Duration.ofMinutes(2);
    private static final Duration BETWEEN_QUESTIONS = Duration.ofMillis(200);

    /** @throws io.dkron.core.store.StoreException when no table can be named so */
    static Tables of(String keyspace, Failures failures) {
        if (!TABLE.matcher(keyspace).matches()) {
            throw failures.refusal("keyspace: \"" + keyspace + "\" names the table; DynamoDB wants 3 to 250 letters,"
                    + " digits, and . _ -");
        }
        return new Tables(keyspace, keyspace + ".keys");
    }

    /**
     * Creates what is absent, and waits for it.
     *
     * @throws io.dkron.core.store.StoreException when that cannot be, or a table of that name is another one
     */
    void ensure(DynamoDbClient client, Calls calls, Failures failures, Duration timeout) {
        ensure(client, calls, failures, timeout, items, Map.of(Item.ID, KeyType.HASH));
        ensure(client, calls, failures, timeout, keys, Map.of(FOLDER, KeyType.HASH, NAME, KeyType.RANGE));
    }

    private static void ensure(
            DynamoDbClient client,
            Calls calls,
            Failures failures,
            Duration timeout,
            String table,
            Map<String, KeyType> schema) {
        Deadline giveUp = Deadline.in(LONGEST_CREATION);
        boolean created = false;
        while (true) {
            Optional<TableDescription> found = calls.repeat(
                    "the table " + table + " cannot be looked at",
                    Deadline.in(timeout),
                    left -> describe(client, table, left));
            if (found.isEmpty() && !created) {
                created = true;
                calls.repeat(
                        "the table " + table + " is absent and cannot be created",
                        Deadline.in(timeout),
                        left -> create(client, table, schema, left));
                LOG.log(System.Logger.Level.INFO, "store table created table={0}", table);
            }
            if (found.isPresent() && isUsable(found.get())) {
                check(found.get(), schema, failures);
                return;
            }
            if (giveUp.isOver()) {
                throw failures.refusal("the table " + table + " was not ready after " + LONGEST_CREATION.toMinutes()
                        + " minutes; look at it in AWS's console");
            }
            LockSupport.parkNanos(BETWEEN_QUESTIONS.toNanos());
        }
    }

    private static Optional<TableDescription> describe(DynamoDbClient client, String table, Deadline left) {
        try {
            return Optional.of(
                    client.describeTable(request -> request.tableName(table).overrideConfiguration(Client.within(left)))
                            .table());
        } catch (ResourceNotFoundException e) {
            return Optional.empty();
        }
    }

    private static boolean create(DynamoDbClient client, String table, Map<String, KeyType> schema, Deadline left) {
        List<Map.Entry<String, KeyType>> columns = schema.entrySet().stream()
                .sorted(Map.Entry.comparingByValue()) // the hash key comes first
                .toList();
        try {
            client.createTable(request -> request.tableName(table)
                    .billingMode(BillingMode.PAY_PER_REQUEST)
                    .attributeDefinitions(columns.stream()
                            .map(column -> AttributeDefinition.builder()
                                    .attributeName(column.getKey())
                                    .attributeType(ScalarAttributeType.S)
                                    .build())
                            .toList())
                    .keySchema(columns.stream()
                            .map(column -> KeySchemaElement.builder()
                                    .attributeName(column.getKey())
                                    .keyType(column.getValue())
                                    .build())
                            .toList())
                    .overrideConfiguration(Client.within(left)));
            return true;
        } catch (ResourceInUseException e) { // another server was faster
            return false;
        }
    }

    private static boolean isUsable(TableDescription table) {
        return table.tableStatus() == TableStatus.ACTIVE || table.tableStatus() == TableStatus.UPDATING;
    }

    private static void check(TableDescription table, Map<String, KeyType> schema, Failures failures) {
        Map<String, KeyType> found = table.keySchema().stream()
                .collect(java.util.stream.Collectors.toMap(KeySchemaElement::attributeName, KeySchemaElement::keyType));
        if (!found.equals(schema)) {
            throw failures.refusal("the table " + table.tableName() + " has the key " + found + ", but Dkron's has "
                    + schema + "; choose another keyspace");
        }
    }
}
