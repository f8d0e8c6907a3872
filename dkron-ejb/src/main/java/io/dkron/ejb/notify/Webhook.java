package io.dkron.ejb.notify;

import io.dkron.core.json.Json;
import io.dkron.core.notification.HttpHeader;
import io.dkron.core.problem.InvalidInputException;
import io.dkron.core.template.Template;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** POSTs a rendered template. */
final class Webhook implements Sender {
    private final Http http;
    private final URI endpoint;
    private final Template payload;
    private final List<HttpHeader> headers;

    Webhook(Http http, URI endpoint, Template payload, List<HttpHeader> headers) {
        this.http = Objects.requireNonNull(http, "http");
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
        this.payload = Objects.requireNonNull(payload, "payload");
        this.headers = List.copyOf(headers);
        Http.check(headers);
    }

    @Override
    public void send(Message message) throws NotDeliveredException, InterruptedException {
        byte[] body = message.render(payload).getBytes(StandardCharsets.UTF_8);
        HttpRequest.Builder request = Http.to(endpoint)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .setHeader("Content-Type", isJson(body) ? "application/json" : "text/plain; charset=utf-8")
                .setHeader("Idempotency-Key", message.key());
        headers.stream().map(HttpHeader::name).distinct().forEach(name -> put(request, name));
        http.send(request.build());
    }

    /** What was set above gives way to what the user says. */
    private void put(HttpRequest.Builder request, String name) {
        boolean first = true;
        for (HttpHeader header : headers) {
            if (header.name().equals(name)) {
                if (first) {
                    request.setHeader(name, header.value());
                } else {
                    request.header(name, header.value());
                }
                first = false;
            }
        }
    }

    private static boolean isJson(byte[] body) {
        try {
            Objects.requireNonNull(Json.read(body));
            return true;
        } catch (InvalidInputException e) {
            return false;
        }
    }
}
