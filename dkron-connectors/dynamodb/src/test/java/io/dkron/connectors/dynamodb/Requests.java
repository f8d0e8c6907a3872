package io.dkron.connectors.dynamodb;

import io.dkron.core.store.StoreRequest;
import java.time.Duration;
import java.util.List;

/** Requests as tests make them. */
final class Requests {
    private Requests() {}

    static StoreRequest of(List<String> machines, String keyspace, Duration timeout) {
        return new StoreRequest(
                "dynamodb",
                machines,
                keyspace,
                "test-id",
                "test-secret",
                StoreRequest.Tls.OFF,
                "eu-central-1",
                "",
                "",
                true,
                timeout);
    }
}
