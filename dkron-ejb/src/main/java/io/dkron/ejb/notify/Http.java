package io.dkron.ejb.notify;

import io.dkron.agent.executor.http.ClientProperties;
import io.dkron.core.notification.HttpHeader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends requests with a limit of time for everything, the answer's body too, which is not read. Safe for many threads. */
final class Http {
    static {
        ClientProperties.set(); // a Host header may be sent then
    }

    private final HttpClient client;
    private final Duration limit;

    /** @param workers threads for what the client does besides waiting */
    Http(Executor workers, Duration limit) {
        this.limit = limit;
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER) // a redirect would carry the headers elsewhere
                .connectTimeout(limit)
                .executor(workers)
                .build();
    }

    /** A request to that address; a user and password in it become a header. */
    static HttpRequest.Builder to(URI address) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(withoutUser(address)).header("User-Agent", "Dkron");
        if (address.getUserInfo() != null) {
            byte[] user = address.getUserInfo().getBytes(StandardCharsets.UTF_8);
            request.setHeader("Authorization", "Basic " + Base64.getEncoder().encodeToString(user));
        }
        return request;
    }

    private static URI withoutUser(URI address) {
        if (address.getRawUserInfo() == null) {
            return address;
        }
        return URI.create(address.toString().replaceFirst("//[^/@]*@", "//"));
    }

    /**
     * Finds out whether the client takes these headers.
     *
     * @throws IllegalStateException when it was in use before a Host header was allowed
     */
    static void check(List<HttpHeader> headers) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost/"));
            headers.forEach(h -> request.setHeader(h.name(), h.value()));
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "a Host header of a webhook needs the option -D" + ClientProperties.RESTRICTED
                            + "=host,connection of the JVM",
                    e);
        }
    }

    /** @throws NotDeliveredException unless the answer is 2xx and in time */
    void send(HttpRequest request) throws NotDeliveredException, InterruptedException {
        CompletableFuture<HttpResponse<Void>> sent = client.sendAsync(request, HttpResponse.BodyHandlers.discarding());
        try {
            int status = sent.get(limit.toNanos(), TimeUnit.NANOSECONDS).statusCode();
            if (status < 200 || status > 299) {
                throw new NotDeliveredException("HTTP " + status);
            }
        } catch (TimeoutException e) {
            throw new NotDeliveredException("no answer within " + limit.toMillis() / 1000.0 + "s", e);
        } catch (ExecutionException e) {
            throw new NotDeliveredException(reason(e.getCause() == null ? e : e.getCause(), request.uri()), e);
        } finally {
            sent.cancel(true);
        }
    }

    /** In words of ours, since those of the client may hold the address. */
    private static String reason(Throwable fault, URI address) {
        String place = address.getHost() + (address.getPort() < 0 ? "" : ":" + address.getPort());
        if (fault instanceof java.net.http.HttpTimeoutException) {
            return "no connection to " + place + " in time";
        } else if (fault instanceof UnknownHostException
                || fault.getCause() instanceof UnresolvedAddressException
                || fault.getCause() instanceof UnknownHostException) {
            return "no such host: " + address.getHost();
        } else if (fault instanceof ConnectException) {
            return "connection to " + place + " refused";
        } else if (fault instanceof javax.net.ssl.SSLException) {
            return "no TLS with " + place + ": " + fault.getMessage();
        }
        return "connection to " + place + " broke: "
                + (fault instanceof IOException && fault.getMessage() != null
                        ? fault.getMessage()
                        : fault.getClass().getSimpleName());
    }
}
