package io.dkron.connectors.dynamodb;

import io.dkron.core.store.StoreException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/** Says what a failure of DynamoDB means, in words for who must act. Never holds a secret. */
final class Failures {
    private static final Set<String> THROTTLED = Set.of(
            "ThrottlingException",
            "ThrottlingError",
            "Throttling",
            "ProvisionedThroughputExceededException",
            "ProvisionedThroughputExceeded",
            "RequestLimitExceeded",
            "LimitExceededException");

    private static final String CREDENTIALS =
            "the credentials are wrong; look at backend-username and backend-password, or at what AWS's chain finds";

    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("UnrecognizedClientException", CREDENTIALS),
            Map.entry("InvalidSignatureException", CREDENTIALS),
            Map.entry("IncompleteSignatureException", CREDENTIALS),
            Map.entry("MissingAuthenticationTokenException", CREDENTIALS),
            Map.entry("InvalidClientTokenId", CREDENTIALS),
            Map.entry("ExpiredTokenException", "the credentials have expired; renew them"),
            Map.entry(
                    "AccessDeniedException",
                    "the credentials do not permit this; grant the actions that docs/stores/dynamodb.md lists"),
            Map.entry("ResourceNotFoundException", "the table is gone; restart this server, which creates it"),
            Map.entry("ThrottlingException", "throttled all the time; use on-demand capacity, or provision more"),
            Map.entry(
                    "ProvisionedThroughputExceededException",
                    "throttled all the time; use on-demand capacity, or provision more"),
            Map.entry("RequestLimitExceeded", "throttled all the time; ask AWS for a higher limit of the account"));

    private final String store;

    /** @param store table and where it is, as messages name it */
    Failures(String store) {
        this.store = store;
    }

    StoreException exception(String what, Throwable failure) {
        return new StoreException(store + ": " + what + ": " + reason(failure), failure);
    }

    StoreException refusal(String what) {
        return new StoreException(store + ": " + what);
    }

    String text(Throwable failure) {
        return store + ": " + reason(failure);
    }

    String text(String reason) {
        return store + ": " + reason;
    }

    private String reason(Throwable failure) {
        if (isClosed(failure)) {
            return "closed";
        }
        if (failure instanceof ApiCallTimeoutException) {
            // The SDK repeats a handshake that fails until the time is over, and then tells of the time alone.
            return "no answer in time"
                    + (store.contains("https://")
                            ? "; does it speak TLS (backend-tls), with a certificate that is trusted (trusted-ca-file)?"
                            : "");
        }
        if (failure instanceof AwsServiceException service) {
            String said = Optional.ofNullable(service.awsErrorDetails())
                    .map(AwsErrorDetails::errorMessage)
                    .orElseGet(() -> "HTTP status " + service.statusCode());
            return Optional.ofNullable(WORDS.get(code(service)))
                    .map(words -> words + " (" + said + ")")
                    .orElseGet(() -> code(service) + " " + said);
        }
        String message = Optional.ofNullable(failure.getMessage())
                .orElseGet(() -> failure.getClass().getSimpleName());
        if (message.contains("Unable to load credentials") || message.contains("load credentials from")) {
            return "no credentials; set backend-username to the access key's id and backend-password to its secret, or"
                    + " let AWS's chain find some (AWS_ACCESS_KEY_ID, a profile, the machine's role)";
        }
        return message.lines().findFirst().orElse("");
    }

    /** Whether it is what a client says that was closed. */
    static boolean isClosed(Throwable failure) {
        return failure instanceof IllegalStateException || failure instanceof RejectedExecutionException;
    }

    static String code(SdkServiceException failure) {
        return failure instanceof AwsServiceException service
                ? Optional.ofNullable(service.awsErrorDetails())
                        .map(AwsErrorDetails::errorCode)
                        .orElse("")
                : "";
    }

    static boolean isThrottled(SdkServiceException failure) {
        return failure.isThrottlingException() || isThrottled(code(failure));
    }

    static boolean isThrottled(String code) {
        return THROTTLED.contains(code);
    }

    /** Whether the request certainly never left: no connection, or nothing to sign it with. */
    static boolean neverSent(Throwable failure) {
        return isNetwork(failure)
                || Stream.iterate(failure, t -> t != null, Throwable::getCause)
                        .anyMatch(t -> String.valueOf(t.getMessage()).contains("credentials"));
    }

    /** Whether no connection could be made. */
    static boolean isNetwork(Throwable failure) {
        return Stream.iterate(failure, t -> t != null, Throwable::getCause)
                .anyMatch(t -> t instanceof ConnectException
                        || t instanceof UnknownHostException
                        || t instanceof NoRouteToHostException
                        || t instanceof SSLHandshakeException);
    }
}
