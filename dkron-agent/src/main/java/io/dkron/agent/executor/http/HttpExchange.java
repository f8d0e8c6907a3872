package io.dkron.agent.executor.http;

import io.dkron.agent.executor.call.BadConfigException;
import io.dkron.agent.executor.call.CallRun;
import io.dkron.core.executor.Run.StopReason;
import io.dkron.core.job.HeaderLines.Header;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/**
 * The requests of one run, one after another. Each ends with its connection closed, whether its answer was read, was of no
 * interest, or did not come in time; after an answer of unknown length only if the server, asked to close it, agrees.
 */
final class HttpExchange {
    /**
     * What all exchanges share.
     *
     * @param matching looks for expressions in answers
     */
    record Host(HttpClient client, EnvironmentProxies proxies, Executor matching) {
        Host {
            Objects.requireNonNull(client, "client");
            Objects.requireNonNull(proxies, "proxies");
            Objects.requireNonNull(matching, "matching");
        }
    }

    private final CallRun run;
    private final HttpJob job;
    private final Host host;

    HttpExchange(CallRun run, HttpJob job, Host host) {
        this.run = run;
        this.job = job;
        this.host = host;
    }

    /** Returns at once; the run ends by itself. */
    void begin() {
        try {
            if (!job.remarks().isEmpty()) {
                run.print(job.remarks());
            }
            send(HttpStep.first(job));
        } catch (UncheckedIOException e) {
            run.fail(e.getMessage());
        }
    }

    private void send(HttpStep step) {
        Sent sent = new Sent();
        run.aborting(sent::over);
        try {
            var answer = host.client().sendAsync(request(step), info -> receive(step, sent, info));
            sent.is(answer);
            answer.whenComplete((response, error) -> {
                if (error != null && !sent.isOver()) {
                    run.fail(Failures.text(step, error));
                }
            });
        } catch (BadConfigException e) {
            run.fail(e.getMessage());
        } catch (RejectedExecutionException e) {
            run.stop(StopReason.NODE_STOP);
        } catch (RuntimeException e) { // the client's; the run must not go on without a request
            run.fail(Failures.text(step, e));
        }
    }

    private HttpRequest request(HttpStep step) throws BadConfigException {
        HttpRequest.Builder builder = HttpRequest.newBuilder();
        try {
            builder.uri(step.url());
        } catch (IllegalArgumentException e) {
            throw new BadConfigException(Failures.text(step, e));
        }
        try {
            if (step.method().equals("GET") && step.body().length == 0) {
                builder.GET(); // newer clients then leave Content-Length: 0 out
            } else {
                builder.method(step.method(), BodyPublishers.ofByteArray(step.body()));
            }
        } catch (IllegalArgumentException e) {
            throw new BadConfigException("method \"" + step.method() + "\" cannot be sent: " + e.getMessage());
        }
        for (Header header : step.headers()) {
            add(builder, header);
        }
        Optional<String> proxy = host.proxies().authorization(step.url());
        if (proxy.isPresent()) {
            add(builder, new Header("Proxy-Authorization", proxy.get()));
        }
        return builder.build();
    }

    private static void add(HttpRequest.Builder builder, Header header) throws BadConfigException {
        try {
            builder.header(header.name(), header.value());
        } catch (IllegalArgumentException e) {
            boolean closing = header.name().equalsIgnoreCase("Connection")
                    && header.value().equalsIgnoreCase("close");
            if (!closing) { // it is closed without being asked, too
                throw new BadConfigException("header " + header.name() + " cannot be sent by this JVM; start it with -D"
                        + ClientProperties.RESTRICTED
                        + "=host,connection if it is Host or Connection, else leave it out");
            }
        }
    }

    private BodySubscriber<Void> receive(HttpStep step, Sent sent, ResponseInfo info) {
        try {
            Optional<HttpStep> next =
                    step.after(info.statusCode(), info.headers().firstValue("Location"));
            if (next.isPresent()) {
                return new NoBody(() -> {
                    sent.over();
                    send(next.get());
                });
            }
            Optional<BodyCopy> copy = job.expression().isPresent()
                    ? Optional.of(BodyCopy.of(run, run.context().directory().resolve("body")))
                    : Optional.empty();
            long length = length(step, info);
            return new Body(run, copy, length, () -> {
                sent.end(length >= 0);
                judge(info.statusCode(), copy);
            });
        } catch (BadConfigException e) {
            return new NoBody(() -> run.fail(e.getMessage()));
        } catch (IOException e) {
            return new NoBody(() -> run.fail("the answer cannot be kept: " + e.getMessage()));
        }
    }

    private static long length(HttpStep step, ResponseInfo info) {
        int status = info.statusCode();
        return step.method().equals("HEAD") || status == 204 || status == 304
                ? 0
                : info.headers().firstValueAsLong("Content-Length").orElse(-1);
    }

    private void judge(int status, Optional<BodyCopy> copy) {
        if (!job.codes().accept(status)) {
            run.fail("received response code does not match the expected code: " + status + ", expected "
                    + job.codes().text());
        } else if (copy.isEmpty()) {
            run.succeed();
        } else {
            try {
                host.matching().execute(() -> match(copy.get()));
            } catch (RejectedExecutionException e) {
                run.stop(StopReason.NODE_STOP);
            }
        }
    }

    private void match(BodyCopy copy) {
        try {
            if (copy.holds(job.expression().orElseThrow())) {
                run.succeed();
            } else {
                run.fail("received response body did not match the expected body"
                        + (copy.isWhole() ? "" : " in its first " + BodyCopy.MOST + " bytes"));
            }
        } catch (IOException | RuntimeException e) {
            run.fail("the answer cannot be compared with expectBody: " + e.getMessage());
        } catch (StackOverflowError e) {
            run.fail("the answer cannot be compared with expectBody: the expression is too deep");
        }
    }

    /** A request under way. It is over once: what comes later closes nothing, since its connection may be another's then. */
    private static final class Sent {
        private Optional<Future<?>> answer = Optional.empty();
        private boolean over;
        private boolean closed;

        void is(Future<?> future) {
            synchronized (this) {
                answer = Optional.of(future);
                if (!closed) {
                    return;
                }
            }
            future.cancel(true);
        }

        /** No more of it is wanted: its connection is closed. */
        void over() {
            end(true);
        }

        /** @param close whether the connection is this request's still; the client may have given it to another */
        void end(boolean close) {
            Optional<Future<?>> known;
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
                closed = close;
                known = answer;
            }
            if (close) {
                known.ifPresent(future -> future.cancel(true));
            }
        }

        synchronized boolean isOver() {
            return over;
        }
    }
}
