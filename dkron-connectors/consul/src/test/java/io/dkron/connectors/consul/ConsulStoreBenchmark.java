package io.dkron.connectors.consul;

import io.dkron.core.json.Json;
import io.dkron.core.store.StoreBenchmark;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Against the JDK's client with a transaction of sets. */
class ConsulStoreBenchmark extends StoreBenchmark {
    @Override
    protected String backend() {
        return "consul";
    }

    @Override
    protected Optional<StoreServer> server() {
        return Optional.of(new ConsulServer());
    }

    @Override
    protected StoreClient open(String machine) {
        return new ConsulConnector().open(ConsulServer.request(List.of(machine), "dkron", "", Duration.ofSeconds(10)));
    }

    @Override
    protected Step plain(String machine) {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        URI uri = URI.create("http://" + machine + "/v1/txn");
        return records -> {
            List<Object> operations = new ArrayList<>();
            records.forEach((key, value) -> operations.add(Map.of(
                    "KV",
                    Map.of(
                            "Verb",
                            "set",
                            "Key",
                            "plain/" + key,
                            "Value",
                            Base64.getEncoder().encodeToString(value)))));
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(uri)
                            .PUT(HttpRequest.BodyPublishers.ofByteArray(Json.write(operations)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(answer.body());
            }
        };
    }
}
