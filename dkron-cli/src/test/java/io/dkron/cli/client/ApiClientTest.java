package io.dkron.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiClientTest {
    private final FakeApi server = new FakeApi();
    private final List<Duration> waits = new ArrayList<>();
    private final ApiClient api = new ApiClient(Endpoint.open(URI.create(server.url())), waits::add);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aProblemIsToldInTheServersWordsWithEveryField() {
        ApiException refused = catchThrowableOfType(
                ApiException.class,
                () -> api.ask(Call.put(
                        Call.job("a", ""),
                        "{\"schedule\":\"never\",\"timezone\":\"Mars/Base\"}".getBytes(StandardCharsets.UTF_8))));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.type()).isEqualTo("validation");
        assertThat(refused.problems()).extracting("field").contains("schedule", "timezone");
        assertThat(refused).hasMessageContaining("schedule: ").hasMessageContaining("unknown time zone Mars/Base");
    }

    @Test
    void withoutLeaderItTriesAgainUnderTheSameKey() {
        server.store("{\"name\":\"a\",\"schedule\":\"@every 1h\"}");
        server.refuseNext(503, "no-leader", "Nobody leads.");
        List<String> keys = new ArrayList<>();
        ApiClient watching = new ApiClient(
                Endpoint.open(URI.create(server.url())),
                time -> keys.add(server.header("Idempotency-Key").orElseThrow()));
        watching.ask(Call.post(Call.job("a", "/toggle")));
        assertThat(server.asked()).containsExactly("POST /v1/jobs/a/toggle", "POST /v1/jobs/a/toggle");
        assertThat(keys).containsExactly(server.header("Idempotency-Key").orElseThrow());
        assertThat(server.job("a").disabled()).isTrue();
    }

    @Test
    void aDeletionThatWasDoneThoughItsAnswerWasLostIsDone() {
        server.refuseNext(503, "store-unavailable", "Perhaps done.");
        assertThat(api.ask(Call.delete(Call.job("gone", ""))).status()).isEqualTo(404);
        assertThatThrownBy(() -> api.ask(Call.delete(Call.job("gone", ""))))
                .hasMessageContaining("There is no job gone");
    }

    @Test
    void itGivesUpWhenNobodyLeadsForLong() {
        for (int i = 0; i < 10; i++) {
            server.refuseNext(503, "no-leader", "Nobody leads.");
        }
        assertThatThrownBy(() -> api.ask(Call.get("/v1/jobs"))).hasMessage("Nobody leads.");
        assertThat(waits).hasSize(9);
    }

    @Test
    void whatIsPausedIsNotTriedAgain() {
        server.refuseNext(503, "paused", "New jobs are refused.");
        assertThatThrownBy(() -> api.ask(Call.post("/v1/jobs"))).hasMessage("New jobs are refused.");
        assertThat(waits).isEmpty();
    }

    @Test
    void whatIsNoDkronIsNamed() {
        server.answerNext(502, "text/html", "<h1>Bad gateway</h1>");
        assertThatThrownBy(() -> api.ask(Call.get("/v1/jobs")))
                .hasMessage(server.url() + " answered 502 to GET /v1/jobs; is it a Dkron server?");
    }

    @Test
    void aSilentPortIsNamedWithWhatToDo() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        ApiClient nobody = new ApiClient(Endpoint.open(URI.create("http://127.0.0.1:" + free)), waits::add);
        assertThatThrownBy(() -> nobody.ask(Call.get("/v1/jobs")))
                .hasMessageContaining("no answer from http://127.0.0.1:" + free)
                .hasMessageContaining("--server or DKRON_ADDR");
    }

    @Test
    void whoIsNotKnownLearnsHowToSaySo() {
        server.refuseNext(401, "unauthenticated", "Credentials are needed.");
        assertThatThrownBy(() -> api.ask(Call.get("/v1/jobs"))).hasMessageContaining("--http-user");
    }

    @Test
    void namesArePercentEncoded() {
        server.store("{\"name\":\"größe\",\"schedule\":\"@every 1h\"}");
        assertThat(api.ask(Call.get(Call.job("größe", ""))).object()).containsEntry("name", "größe");
        assertThat(api.find(Call.get(Call.job("a/b?c", "")))).isEmpty();
        assertThat(server.asked()).contains("GET /v1/jobs/a%2Fb%3Fc");
    }

    @Test
    void credentialsAndDialectAreSent() {
        new ApiClient(
                        new Endpoint(
                                URI.create(server.url()),
                                java.util.Optional.of("Bearer t"),
                                java.util.Optional.empty()),
                        waits::add)
                .ask(Call.get("/v1/jobs"));
        assertThat(server.header("Authorization")).contains("Bearer t");
        assertThat(server.header("Dkron-Api-Compat")).contains("v4");
    }

    @ParameterizedTest
    @CsvSource({
        "http://h:1/, http://h:1",
        "https://h, https://h",
        "h, http://h:8080",
        "h:9, http://h:9",
        ":9, http://127.0.0.1:9",
        "[::1]:9, http://[::1]:9",
        "https://h/dkron/, https://h/dkron",
    })
    void addressesAreReadAsPeopleWriteThem(String text, URI address) {
        assertThat(Endpoint.address(text)).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://h", "http://", "a b", "http://h?x", "http://me:secret@h"})
    void wrongAddressesAreRefusedWithoutSecrets(String text) {
        assertThatThrownBy(() -> Endpoint.address(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("http://127.0.0.1:8080")
                .hasMessageNotContaining("secret");
    }
}
