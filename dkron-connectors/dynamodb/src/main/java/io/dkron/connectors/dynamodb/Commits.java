package io.dkron.connectors.dynamodb;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;

/**
 * Batches as transactions. A try whose answer is lost is repeated with its token: DynamoDB then answers what became of the
 * first one, for ten minutes, and applies nothing twice. A service that knows no tokens is seen through: it refuses the
 * repetition since the versions are those of the batch itself. What such a repetition does not settle is unknown.
 *
 * <p>Transactions that touch one item cancel each other; so does a throttled one. Nothing is written then, and the batch is
 * tried again after a pause by chance, until the timeout (protocol P4). Safe for use by many threads.
 */
final class Commits {
    private static final String REFUSED = "ConditionalCheckFailed";
    private static final String CONFLICT = "TransactionConflict";

    private final DynamoDbClient client;
    private final Failures failures;
    private final Clock clock;

    Commits(DynamoDbClient client, Failures failures, Clock clock) {
        this.client = client;
        this.failures = failures;
        this.clock = clock;
    }

    CommitResult commit(Batch batch, Transaction transaction, Deadline deadline) {
        return new Attempts(batch, transaction, deadline).run();
    }

    /** The tries of one batch. */
    private final class Attempts {
        private final Batch batch;
        private final Transaction transaction;
        private final Deadline deadline;
        private String token = UUID.randomUUID().toString();
        private boolean lost;
        private String last = "";

        Attempts(Batch batch, Transaction transaction, Deadline deadline) {
            this.batch = batch;
            this.transaction = transaction;
            this.deadline = deadline;
        }

        CommitResult run() {
            for (int attempt = 1; ; attempt++) {
                try {
                    client.transactWriteItems(request -> request.transactItems(transaction.items())
                            .clientRequestToken(token)
                            .overrideConfiguration(Client.within(deadline)));
                    return new CommitResult.Committed(transaction.version());
                } catch (TransactionCanceledException e) {
                    Optional<CommitResult> end = cancelled(e);
                    if (end.isPresent()) {
                        return end.get();
                    }
                } catch (SdkException | IllegalStateException | RejectedExecutionException e) {
                    lost |= mayHaveApplied(e);
                    last = failures.text(e);
                    if (!Calls.again(e, attempt, deadline) && !(e instanceof TransactionInProgressException)) {
                        return over(last);
                    }
                }
                if (!Calls.pause(attempt, deadline)) {
                    return over(last);
                }
            }
        }

        /** @return empty when it is to be tried again */
        private Optional<CommitResult> cancelled(TransactionCanceledException e) {
            Optional<CommitResult> refused = refused(e.cancellationReasons());
            if (refused.isPresent()) {
                return Optional.of(lost ? settled(refused.get()) : refused.get());
            }
            List<String> codes = e.cancellationReasons().stream()
                    .map(CancellationReason::code)
                    .filter(code -> code != null && !code.equals("None"))
                    .toList();
            boolean passes = !codes.isEmpty()
                    && codes.stream().allMatch(code -> code.equals(CONFLICT) || Failures.isThrottled(code));
            if (!passes) {
                return Optional.of(over(failures.text(e)));
            }
            last = failures.text("other commits to the same keys, or throttling, took all of the timeout: " + codes);
            if (!lost) {
                token = UUID.randomUUID().toString(); // a new try, not a question about the last one
            }
            return Optional.empty();
        }

        /** Reasons stand in the order of the items, which begin with the expected keys in the order of the batch. */
        private Optional<CommitResult> refused(List<CancellationReason> reasons) {
            int n = 0;
            for (String key : batch.expected().keySet()) {
                if (n < reasons.size() && REFUSED.equals(reasons.get(n).code())) {
                    long actual = reasons.get(n).hasItem()
                            ? Item.version(reasons.get(n).item(), clock)
                            : Batch.ABSENT;
                    return Optional.of(new CommitResult.Refused(key, actual));
                }
                n++;
            }
            return Optional.empty();
        }

        private CommitResult settled(CommitResult refused) {
            return refused instanceof CommitResult.Refused r && r.actual() == transaction.version()
                    ? new CommitResult.Committed(transaction.version())
                    : over(failures.text("the answer to a commit was lost, and its repetition refused"));
        }

        private CommitResult over(String reason) {
            return lost ? new CommitResult.Unknown(reason) : new CommitResult.Failed(reason);
        }

        private boolean mayHaveApplied(RuntimeException e) {
            if (e instanceof SdkServiceException service) {
                return e instanceof TransactionInProgressException
                        || service.statusCode() >= 500 && !Failures.isThrottled(service);
            }
            return !Failures.isClosed(e) && !Failures.neverSent(e);
        }
    }
}
