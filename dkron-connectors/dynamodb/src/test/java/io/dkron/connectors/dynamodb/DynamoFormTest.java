package io.dkron.connectors.dynamodb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Connector;
import io.dkron.core.store.Entry;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** What lies in the tables: the form of Dkron 1.x, tables that it left behind, and tables of others. */
class DynamoFormTest {
    private static MotoServer server;

    private StoreRequest request;
    private DynamoDbClient client;

    @BeforeAll
    static void startServer() {
        server = new MotoServer();
        server.start();
    }

    @AfterAll
    static void endServer() {
        server.close();
    }

    @BeforeEach
    void aClientOfTheTestsOwn() {
        request = Requests.of(List.of(server.machine()), "form-" + UUID.randomUUID(), Duration.ofSeconds(10));
        client = Client.of(request);
    }

    @AfterEach
    void closeClient() {
        client.close();
    }

    @Test
    void isFoundByItsName() {
        assertThat(ServiceLoader.load(Connector.class))
                .anySatisfy(connector -> assertThat(connector.names()).containsExactly("dynamodb"));
    }

    @Tag("C160")
    @Test
    void aTableOfDkron1IsReadAndListedAsItIs() {
        createTable("id");
        for (int i = 0; i < 60; i++) {
            putAsDkron1("dkron/executions/backup-db/" + (1000 + i) + "-node1", "{\"n\":" + i + "}", 1, Map.of());
        }
        putAsDkron1("dkron/jobs/backup-db", "{\"name\":\"backup-db\"}", 3, Map.of());
        putAsDkron1("dkron/jobs/b", "{}", 1, Map.of());
        putAsDkron1("dkron/leader", "node1", 9, expiresIn(-60));
        putAsDkron1("dkron/job_locks/x", "node1", 2, expiresIn(3600));
        try (StoreClient store = open()) {
            Entry job = store.get("dkron/jobs/backup-db").orElseThrow();
            assertThat(job.value()).isEqualTo("{\"name\":\"backup-db\"}".getBytes(UTF_8));
            assertThat(job.version()).isEqualTo(3);
            assertThat(keys(store, "dkron/jobs/")).containsExactly("dkron/jobs/b", "dkron/jobs/backup-db");
            assertThat(keys(store, "dkron/executions/backup-db/")).hasSize(60).isSorted();
            assertThat(store.get("dkron/leader")).as("expired").isEmpty();
            assertThat(store.get("dkron/job_locks/x")).as("not expired").isPresent();
            assertThat(keys(store, "")).hasSize(63).doesNotContain("dkron/leader");
            assertThat(store.commit(
                            new Batch().expect("dkron/jobs/backup-db", 3).put("dkron/jobs/backup-db", new byte[0])))
                    .isInstanceOf(CommitResult.Committed.class);
            assertThat(store.commit(new Batch().expect("dkron/jobs/b", 2).delete("dkron/jobs/b")))
                    .isEqualTo(new CommitResult.Refused("dkron/jobs/b", 1));
            assertThat(store.commit(new Batch().expect("dkron/leader", 9).delete("dkron/leader")))
                    .as("an expired item is absent")
                    .isEqualTo(new CommitResult.Refused("dkron/leader", Batch.ABSENT));
            assertThat(store.commit(
                            new Batch().expect("dkron/leader", Batch.ABSENT).put("dkron/leader", new byte[] {1})))
                    .isInstanceOf(CommitResult.Committed.class);
            assertThat(store.get("dkron/leader"))
                    .as("written over, without its expiry")
                    .isPresent();
        }
    }

    /** Somebody went back to Dkron 1.x for a while. */
    @Test
    void whatDkron1WroteSinceIsListedWhenItsLockTells() {
        try (StoreClient store = open()) {
            store.commit(new Batch().put("dkron/jobs/ours", new byte[] {1}));
        }
        putAsDkron1("dkron/jobs/theirs", "{}", 1, Map.of());
        putAsDkron1(request.keyspace() + "/leader", "node1", 9, expiresIn(20));
        for (int i = 0; i < 2; i++) { // found, and still there
            try (StoreClient store = open()) {
                assertThat(keys(store, "dkron/jobs/")).containsExactly("dkron/jobs/ours", "dkron/jobs/theirs");
            }
        }
    }

    @Test
    void whatIsWrittenHasTheFormOfDkron1() {
        try (StoreClient store = open()) {
            byte[] value = "{\"name\":\"a\"}".getBytes(UTF_8);
            CommitResult result = store.commit(new Batch().put("dkron/jobs/a", value));
            Map<String, AttributeValue> item = client.getItem(
                            get -> get.tableName(request.keyspace()).key(Item.key("dkron/jobs/a")))
                    .item();
            assertThat(item).containsOnlyKeys("id", "version", "encoded_value");
            assertThat(item.get("encoded_value").s())
                    .isEqualTo(Base64.getEncoder().encodeToString(value));
            assertThat(result)
                    .isEqualTo(new CommitResult.Committed(
                            Long.parseLong(item.get("version").n())));
        }
    }

    @Test
    void largeValuesComeBackWhetherTheyCompressOrNot() {
        byte[] random = new byte[Item.LARGEST_VALUE];
        new Random(5).nextBytes(random);
        byte[] text = new byte[Item.LARGEST_VALUE];
        for (byte[] value : List.of(random, text)) {
            try (StoreClient store = open()) {
                assertThat(store.commit(new Batch().put("dkron/executions/a/1", value)))
                        .isInstanceOf(CommitResult.Committed.class);
                assertThat(store.get("dkron/executions/a/1").orElseThrow().value())
                        .isEqualTo(value);
            }
        }
    }

    @Test
    void aTableOfAnotherProgramIsNotTouched() {
        createTable("name");
        assertThatThrownBy(this::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(request.keyspace())
                .hasMessageContaining("choose another keyspace");
    }

    @Test
    void settingsThatCannotWorkAreNamed() {
        StoreRequest shortName = Requests.of(List.of(server.machine()), "dk", Duration.ofSeconds(2));
        assertThatThrownBy(() -> new DynamoConnector().open(shortName)).hasMessageContaining("3 to 250");
        StoreRequest half = new StoreRequest(
                "dynamodb",
                List.of(server.machine()),
                "dkron",
                "only-an-id",
                "",
                StoreRequest.Tls.OFF,
                "",
                "",
                "",
                true,
                Duration.ofSeconds(2));
        assertThatThrownBy(() -> new DynamoConnector().open(half)).hasMessageContaining("set both");
        StoreRequest noUrl = Requests.of(List.of("http://"), "dkron", Duration.ofSeconds(2));
        assertThatThrownBy(() -> new DynamoConnector().open(noUrl)).hasMessageContaining("backend-endpoint");
    }

    /** A job deleted and made again, and folders that nothing is left in. */
    @Test
    void foldersThatAreEmptyAreWalkedThrough() {
        try (StoreClient store = open()) {
            for (int i = 0; i < 5; i++) {
                store.commit(new Batch().put("dkron/executions/job" + i + "/1", new byte[] {1}));
            }
            for (int i = 0; i < 4; i++) {
                store.commit(new Batch().delete("dkron/executions/job" + i + "/1"));
            }
            assertThat(keys(store, "dkron/executions/")).containsExactly("dkron/executions/job4/1");
            store.commit(new Batch().put("dkron/executions/job2/9", new byte[] {1}));
            assertThat(keys(store, "dkron/executions/"))
                    .containsExactly("dkron/executions/job2/9", "dkron/executions/job4/1");
        }
    }

    /** The caller's loader knows nothing of this module. */
    @Test
    void theCallersContextClassLoaderDoesNotMatterAndStays() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try (StoreClient store = open()) {
            store.commit(new Batch().put("a", new byte[0]));
            assertThat(store.list("", "", 1).entries()).hasSize(1);
            assertThat(thread.getContextClassLoader()).isEqualTo(ClassLoader.getPlatformClassLoader());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private StoreClient open() {
        return new DynamoConnector().open(request);
    }

    private void createTable(String hashKey) {
        client.createTable(table -> table.tableName(request.keyspace())
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(List.of(AttributeDefinition.builder()
                        .attributeName(hashKey)
                        .attributeType(ScalarAttributeType.S)
                        .build()))
                .keySchema(List.of(KeySchemaElement.builder()
                        .attributeName(hashKey)
                        .keyType(KeyType.HASH)
                        .build())));
    }

    private void putAsDkron1(String key, String value, long version, Map<String, AttributeValue> more) {
        Map<String, AttributeValue> item = new HashMap<>(more);
        item.put("id", AttributeValue.fromS(key));
        item.put("version", AttributeValue.fromN(Long.toString(version)));
        item.put("encoded_value", AttributeValue.fromS(Base64.getEncoder().encodeToString(value.getBytes(UTF_8))));
        client.putItem(put -> put.tableName(request.keyspace()).item(item));
    }

    private static Map<String, AttributeValue> expiresIn(long seconds) {
        return Map.of(
                "expiration_time",
                AttributeValue.fromN(Long.toString(Instant.now().getEpochSecond() + seconds)));
    }

    private static List<String> keys(StoreClient store, String prefix) {
        return store.list(prefix, "", 1000).entries().stream().map(Entry::key).toList();
    }
}
