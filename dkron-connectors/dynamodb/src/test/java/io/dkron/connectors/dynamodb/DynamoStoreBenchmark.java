package io.dkron.connectors.dynamodb;

import io.dkron.core.store.StoreBenchmark;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/** Against the SDK with a transaction of puts; of a service in Python, not of Amazon's. */
class DynamoStoreBenchmark extends StoreBenchmark {
    @Override
    protected String backend() {
        return "dynamodb";
    }

    @Override
    protected Optional<StoreServer> server() {
        return Optional.of(new MotoServer());
    }

    private static StoreRequest request(String machine) {
        return Requests.of(List.of(machine), "dkron", Duration.ofSeconds(10));
    }

    @Override
    protected StoreClient open(String machine) {
        return new DynamoConnector().open(request(machine));
    }

    @Override
    protected Step plain(String machine) {
        DynamoDbClient client = Client.of(request(machine));
        client.createTable(table -> table.tableName("plain")
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(key -> key.attributeName("k").attributeType(ScalarAttributeType.S))
                .keySchema(key -> key.attributeName("k").keyType(KeyType.HASH)));
        return new Step() {
            @Override
            public void put(Map<String, byte[]> records) {
                List<TransactWriteItem> items = new ArrayList<>();
                records.forEach((key, value) -> items.add(TransactWriteItem.builder()
                        .put(put -> put.tableName("plain")
                                .item(Map.of(
                                        "k",
                                        AttributeValue.fromS(key),
                                        "v",
                                        AttributeValue.fromB(SdkBytes.fromByteArray(value)))))
                        .build()));
                client.transactWriteItems(request -> request.transactItems(items));
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }
}
