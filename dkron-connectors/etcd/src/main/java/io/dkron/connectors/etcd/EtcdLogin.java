package io.dkron.connectors.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.grpc.CallCredentials;
import io.grpc.Deadline;
import io.grpc.Metadata;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Exchanges user and password for the token that calls carry. Tokens expire: one that etcd refuses is {@linkplain
 * #forget forgotten} and the next call logs in again. Safe for use by many threads.
 */
final class EtcdLogin {
    private static final Metadata.Key<String> HEADER = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    private record Token(String text) {
        CallCredentials credentials() {
            return new CallCredentials() {
                @Override
                public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
                    Metadata headers = new Metadata();
                    headers.put(HEADER, text);
                    applier.apply(headers);
                }
            };
        }
    }

    private final String username;
    private final ByteString password;
    private volatile Optional<Optional<CallCredentials>> known = Optional.empty();

    /** @param username empty for none: calls carry no token then */
    EtcdLogin(String username, String password) {
        this.username = username;
        this.password = ByteString.copyFromUtf8(password);
    }

    boolean isAsked() {
        return !username.isEmpty();
    }

    /** What calls carry; empty where no user is set, or etcd does not ask for users. Logs in where that was not done. */
    Optional<CallCredentials> token(EtcdMachine machine, Deadline deadline) throws EtcdFailure {
        if (!isAsked()) {
            return Optional.empty();
        }
        Optional<Optional<CallCredentials>> seen = known;
        return seen.isPresent() ? seen.get() : login(machine, deadline);
    }

    /** That token, or that there was none, does not work any more. */
    synchronized void forget(Optional<CallCredentials> token) {
        if (known.equals(Optional.of(token))) {
            known = Optional.empty();
        }
    }

    private synchronized Optional<CallCredentials> login(EtcdMachine machine, Deadline deadline) throws EtcdFailure {
        Optional<Optional<CallCredentials>> seen = known;
        if (seen.isPresent()) {
            return seen.get(); // another thread was first
        }
        AuthenticateRequest request = AuthenticateRequest.newBuilder()
                .setName(username)
                .setPasswordBytes(password)
                .build();
        Optional<CallCredentials> token;
        try {
            String text = machine.call(AuthGrpc.getAuthenticateMethod(), request, Optional.empty(), deadline)
                    .getToken();
            token = Optional.of(new Token(text).credentials());
        } catch (EtcdFailure e) {
            if (!e.getMessage().contains("authentication is not enabled")) {
                throw e.beforeCall();
            }
            token = Optional.empty(); // as etcd's own clients do
        }
        known = Optional.of(token);
        return token;
    }
}
