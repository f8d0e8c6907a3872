package io.dkron.connectors.consul;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;

/** A call that did not end with an answer: why, and what is certain. Never leaves this package. */
final class ConsulFailure extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_TEXT = 300;

    /** What is certain. */
    enum Kind {
        /** No connection came about, so nothing was sent: another machine may be asked. */
        NOT_SENT,
        /** Consul refused it and did nothing; no other machine would answer otherwise. */
        REFUSED,
        /** The request left and no answer came: it may be done, now or later. */
        LOST
    }

    private final Kind kind;

    private ConsulFailure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind);
    }

    /** Of a call that ended with an exception. */
    static ConsulFailure of(String machine, Throwable cause) {
        boolean sent = !(cause instanceof ConnectException
                || cause instanceof HttpConnectTimeoutException
                || cause instanceof SSLHandshakeException);
        String why = cause instanceof TimeoutException
                ? "did not answer in time"
                : cause.getClass().getSimpleName()
                        + (cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")");
        return new ConsulFailure(sent ? Kind.LOST : Kind.NOT_SENT, "consul " + machine + ": " + why, cause);
    }

    /** Of an answer other than those that the API foresees. A server error may come after the request was passed on. */
    static ConsulFailure of(String machine, int status, String body) {
        String said = body.strip().length() > LONGEST_TEXT ? body.strip().substring(0, LONGEST_TEXT) : body.strip();
        return new ConsulFailure(
                status >= 500 ? Kind.LOST : Kind.REFUSED,
                "consul " + machine + ": " + advice(status, said),
                new IOException("HTTP status " + status));
    }

    /** Of something that the other side could not have said if it were a Consul that lets this client in. */
    static ConsulFailure refused(String machine, String why) {
        return new ConsulFailure(Kind.REFUSED, "consul " + machine + ": " + why, new IOException(why));
    }

    /** Of an answer with status 200 or 409 that is not what the API says. */
    static ConsulFailure notUnderstood(String machine, RuntimeException cause) {
        return new ConsulFailure(
                Kind.LOST, "consul " + machine + ": its answer is not understood: " + cause.getMessage(), cause);
    }

    static ConsulFailure closed(String machines) {
        return new ConsulFailure(Kind.NOT_SENT, "consul " + machines + ": the client was closed", new IOException());
    }

    static String deniedAdvice(String said) {
        return "refused the token (" + said
                + "); set backend-password, or CONSUL_HTTP_TOKEN, to one that may read, list and write all keys under the"
                + " keyspace";
    }

    private static String advice(int status, String said) {
        if (status == 401 || status == 403 || said.contains("ACL not found")) {
            return deniedAdvice(said);
        }
        if (status == 413) {
            return "the request is larger than it takes; its txn_max_req_len must be 512 KiB at least: " + said;
        }
        return "HTTP status " + status + (said.isEmpty() ? "" : ", " + said);
    }

    /** The same, said with what other machines answered. */
    ConsulFailure with(String message) {
        return new ConsulFailure(kind, message, getCause());
    }

    Kind kind() {
        return kind;
    }
}
