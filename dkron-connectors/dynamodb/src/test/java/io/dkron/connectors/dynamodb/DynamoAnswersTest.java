package io.dkron.connectors.dynamodb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What DynamoDB answers when it is busy, forbids or loses something; moto never does, so a gateway does it in its place. */
class DynamoAnswersTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private static MotoServer server;

    private Gateway gateway;
    private StoreClient store;

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
    void open() {
        gateway = new Gateway(server.machine());
        store = new DynamoConnector()
                .open(Requests.of(List.of(gateway.machine()), "answers-" + UUID.randomUUID(), TIMEOUT));
    }

    @AfterEach
    void close() {
        store.close();
        gateway.close();
    }

    @Test
    void P4aConflictWithAnotherTransactionIsTriedAgainAndNoRefusal() {
        gateway.cancel("TransactionConflict", 3);
        assertThat(store.commit(new Batch().expect("a", Batch.ABSENT).put("a", bytes("1"))))
                .isInstanceOf(CommitResult.Committed.class);
        assertThat(gateway.tokens()).as("each try is a new one").hasSize(4).doesNotHaveDuplicates();
    }

    @Test
    void aConflictThatLastsFailsInTimeAndWritesNothing() {
        gateway.cancel("TransactionConflict", 1_000);
        long start = System.nanoTime();
        assertThat(store.commit(new Batch().put("a", bytes("1"))))
                .isInstanceOfSatisfying(
                        CommitResult.Failed.class,
                        failed -> assertThat(failed.reason()).contains(gateway.machine(), "other commits"));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.plusSeconds(1));
        assertThat(store.get("a")).isEmpty();
        assertThat(gateway.tokens().size())
                .as("tries, with longer and longer pauses")
                .isBetween(3, 100);
    }

    @Test
    void throttlingIsWaitedOut() {
        gateway.cancel("ThrottlingError", 1);
        gateway.fail(400, "ProvisionedThroughputExceededException");
        gateway.fail(400, "ThrottlingException");
        assertThat(store.commit(new Batch().put("a", bytes("1")))).isInstanceOf(CommitResult.Committed.class);
        assertThat(gateway.tokens()).hasSize(4);
    }

    @Test
    void aLostAnswerIsAskedForWithTheSameToken() {
        gateway.next(Gateway.Fate.LOSE_ANSWER);
        CommitResult result = store.commit(new Batch().expect("a", Batch.ABSENT).put("a", bytes("1")));
        assertThat(gateway.tokens()).hasSize(2);
        assertThat(gateway.tokens().get(1)).isEqualTo(gateway.tokens().get(0));
        Entry stored = store.get("a").orElseThrow();
        assertThat(result).isEqualTo(new CommitResult.Committed(stored.version()));
    }

    /** Somebody else may have written in between: only the version of the batch itself proves that it applied. */
    @Test
    void aRefusalAfterALostAnswerIsUnknown() {
        gateway.next(Gateway.Fate.LOSE_ANSWER);
        CommitResult result = store.commit(new Batch().expect("a", 77).put("b", bytes("1")));
        assertThat(result).isInstanceOf(CommitResult.Unknown.class);
        assertThat(store.get("b")).isEmpty();
    }

    @Test
    void anErrorOfTheServiceAfterWhichNothingIsKnownIsAskedAgain() {
        gateway.fail(500, "InternalServerError");
        assertThat(store.commit(new Batch().put("a", bytes("1")))).isInstanceOf(CommitResult.Committed.class);
        assertThat(gateway.tokens()).hasSize(2);
        assertThat(gateway.tokens().get(1)).isEqualTo(gateway.tokens().get(0));
    }

    @Test
    void missingRightsAreNamedAndNothingIsTriedAgain() {
        gateway.fail(400, "AccessDeniedException");
        assertThat(store.commit(new Batch().put("a", bytes("1"))))
                .isInstanceOfSatisfying(
                        CommitResult.Failed.class,
                        failed -> assertThat(failed.reason()).contains("do not permit", gateway.machine()));
        assertThat(gateway.tokens()).hasSize(1);
    }

    @Test
    void wrongCredentialsAreSaidByEveryCall() {
        gateway.failAll(400, "UnrecognizedClientException");
        assertThatThrownBy(() -> store.get("a"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("credentials are wrong")
                .hasMessageNotContaining("test-secret");
        assertThat(store.commit(new Batch().put("a", bytes("1"))))
                .isInstanceOfSatisfying(
                        CommitResult.Failed.class,
                        failed -> assertThat(failed.reason()).contains("credentials are wrong"));
        assertThat(store.health().up()).isFalse();
        assertThat(store.health().detail()).contains("credentials are wrong");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
