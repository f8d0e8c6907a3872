package io.dkron.connectors.etcd;

import io.grpc.Status;
import java.util.Objects;
import java.util.Set;

/** A call that did not end with an answer: why, and what is certain. Never leaves this package. */
final class EtcdFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** Codes under which etcd says that it did not do what was asked, given that the words are its own. */
    private static final Set<Status.Code> REFUSALS = Set.of(
            Status.Code.INVALID_ARGUMENT,
            Status.Code.PERMISSION_DENIED,
            Status.Code.UNAUTHENTICATED,
            Status.Code.FAILED_PRECONDITION,
            Status.Code.RESOURCE_EXHAUSTED,
            Status.Code.OUT_OF_RANGE,
            Status.Code.UNIMPLEMENTED);

    /** What is certain. */
    enum Kind {
        /** The request was never handed to a connection: another machine may be asked. */
        NOT_SENT,
        /** etcd refused it and did nothing; no other machine would answer otherwise. */
        REFUSED,
        /** The token is not valid any more, nothing was done: log in again. */
        TOKEN,
        /** The request left and no answer came: it may be done, now or later. */
        LOST
    }

    private final Kind kind;
    private final Status.Code code;

    private EtcdFailure(Kind kind, Status.Code code, String message, Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind);
        this.code = Objects.requireNonNull(code);
    }

    /** @param sent whether the request was handed to a connection */
    static EtcdFailure of(String machine, Status status, boolean sent) {
        String said = status.getDescription() == null ? "" : status.getDescription();
        String text = "etcd " + machine + ": " + advice(status, said);
        if (!sent) {
            return new EtcdFailure(Kind.NOT_SENT, status.getCode(), text, status.asRuntimeException());
        }
        boolean itsWords = said.startsWith("etcdserver: ") || said.startsWith("grpc: received message larger");
        Kind kind = !itsWords || !REFUSALS.contains(status.getCode())
                ? Kind.LOST
                : said.contains("invalid auth token")
                                || said.contains("auth store is old")
                                || said.contains("name is empty")
                        ? Kind.TOKEN
                        : Kind.REFUSED;
        return new EtcdFailure(kind, status.getCode(), text, status.asRuntimeException());
    }

    static EtcdFailure closed(String machines) {
        return new EtcdFailure(
                Kind.NOT_SENT, Status.Code.CANCELLED, "etcd " + machines + ": the client was closed", null);
    }

    /** The same, said with what other machines answered. */
    EtcdFailure with(String message) {
        return new EtcdFailure(kind, code, message, getCause());
    }

    /** Of a call that was to come before the wanted one, which therefore was not sent. */
    EtcdFailure beforeCall() {
        return new EtcdFailure(kind == Kind.REFUSED ? kind : Kind.NOT_SENT, code, getMessage(), getCause());
    }

    Kind kind() {
        return kind;
    }

    boolean isTimeout() {
        return code == Status.Code.DEADLINE_EXCEEDED;
    }

    boolean isFull() {
        return code == Status.Code.RESOURCE_EXHAUSTED && getMessage().contains("its database is full");
    }

    /** Whether the answer is larger than this client takes; it was only read then. */
    boolean isTooLarge() {
        return code == Status.Code.RESOURCE_EXHAUSTED && getMessage().contains("exceeds maximum size");
    }

    private static String advice(Status status, String said) {
        if (said.contains("authentication failed")) {
            return "refused the user or the password; correct backend-username and backend-password";
        }
        if (said.contains("user name is empty")) {
            return "asks for a user and a password; set backend-username and backend-password";
        }
        if (said.contains("permission denied")) {
            return "the user may not do this; grant it a role that may read and write all keys under the keyspace";
        }
        if (said.contains("database space exceeded")) {
            return "its database is full and it takes no writes; compact and defragment it or raise its"
                    + " --quota-backend-bytes, then run: etcdctl alarm disarm";
        }
        if (said.contains("too many operations")) {
            return "its --max-txn-ops is below the 128 that are its default; raise it";
        }
        if (said.contains("request is too large")) {
            return "its --max-request-bytes is below the 1.5 MiB that are its default; raise it";
        }
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return "did not answer in time";
        }
        Throwable cause = status.getCause();
        String why = cause == null || cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")";
        return (said.isEmpty() ? status.getCode().toString() : said) + why;
    }
}
