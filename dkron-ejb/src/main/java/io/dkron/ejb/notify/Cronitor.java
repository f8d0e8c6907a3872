package io.dkron.ejb.notify;

import io.dkron.core.execution.Notification.Moment;
import io.dkron.core.notification.Notice;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Tells Cronitor that a run began or ended: a GET that names the job's monitor. */
final class Cronitor implements Sender {
    private final Http http;
    private final String endpoint;

    Cronitor(Http http, URI endpoint) {
        this.http = Objects.requireNonNull(http, "http");
        this.endpoint = endpoint.toString().replaceFirst("/+$", "");
    }

    @Override
    public void send(Message message) throws NotDeliveredException, InterruptedException {
        Notice.Subject subject = message.notice().subject();
        boolean start = message.notice().moment() == Moment.START;
        String state = start ? "run" : subject.success() ? "complete" : "fail";
        URI address = URI.create(endpoint
                + "/" + encoded(subject.job().value()).replace("+", "%20")
                + "?host=" + encoded(subject.node())
                + "&message=" + encoded(start ? "Job run by Dkron" : "Job complete by Dkron")
                + "&series=" + encoded(subject.execution().toString())
                + "&state=" + state);
        http.send(Http.to(address)
                .GET()
                .setHeader("Idempotency-Key", message.key())
                .build());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
