package io.dkron.connectors.dynamodb;

import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;

/** The SDK's client as a request asks for it. It never repeats a call by itself: {@link Calls} and {@link Commits} do. */
final class Client {
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(2);

    /** Of an endpoint that is not AWS, and asks for none. */
    private static final Region ANY = Region.US_EAST_1;

    private Client() {}

    /** @throws StoreException when the endpoint is no URL, or no region is known */
    static DynamoDbClient of(StoreRequest request) {
        Optional<URI> endpoint = endpoint(request);
        Duration timeout = request.timeout();
        UrlConnectionHttpClient.Builder http = UrlConnectionHttpClient.builder()
                .connectionTimeout(timeout.compareTo(LONGEST_CONNECT) < 0 ? timeout : LONGEST_CONNECT)
                .socketTimeout(timeout);
        Tls.apply(request.tls(), http);
        DynamoDbClientBuilder builder = DynamoDbClient.builder()
                .httpClientBuilder(http)
                .region(region(request, endpoint.isPresent()))
                .credentialsProvider(credentials(request))
                .overrideConfiguration(config -> config.retryStrategy(AwsRetryStrategy.doNotRetry()));
        endpoint.ifPresent(builder::endpointOverride);
        return builder.build();
    }

    /** A call that ends within the deadline. */
    static Consumer<AwsRequestOverrideConfiguration.Builder> within(Deadline deadline) {
        return config -> config.apiCallTimeout(deadline.left());
    }

    static Optional<URI> endpoint(StoreRequest request) {
        String given = request.endpoint().isEmpty()
                ? request.machines().stream().findFirst().orElse("")
                : request.endpoint();
        if (given.isEmpty()) {
            return Optional.empty();
        }
        String url = given.contains("://") ? given : (request.tls().on() ? "https://" : "http://") + given;
        try {
            URI uri = new URI(url);
            if (uri.getHost() == null || !uri.getScheme().matches("https?")) {
                throw new StoreException("backend-endpoint: \"" + given + "\" is not http:// or https:// and a host");
            }
            return Optional.of(uri);
        } catch (URISyntaxException e) {
            throw new StoreException("backend-endpoint: \"" + given + "\" is no URL: " + e.getReason(), e);
        }
    }

    private static Region region(StoreRequest request, boolean hasEndpoint) {
        if (!request.region().isEmpty()) {
            return Region.of(request.region());
        }
        try {
            return DefaultAwsRegionProviderChain.builder().build().getRegion();
        } catch (SdkClientException e) {
            if (hasEndpoint) {
                return ANY;
            }
            throw new StoreException("backend-region: no region of AWS is known; set it, or AWS_REGION", e);
        }
    }

    private static AwsCredentialsProvider credentials(StoreRequest request) {
        if (request.username().isEmpty() != request.password().isEmpty()) {
            throw new StoreException("backend-username and backend-password: are an access key's id and its secret; set"
                    + " both, or none for AWS's own chain of credentials");
        }
        return request.username().isEmpty()
                ? DefaultCredentialsProvider.builder().build()
                : StaticCredentialsProvider.create(AwsBasicCredentials.create(request.username(), request.password()));
    }
}
