package io.dkron.agent.rpc;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.concurrent.TimeUnit;

/** Shows the cluster's token with each call, and refuses calls that do not show it. */
final class Tokens {
    private static final Logger LOG = System.getLogger(Tokens.class.getName());
    private static final Metadata.Key<String> KEY = Metadata.Key.of("dkron-token", Metadata.ASCII_STRING_MARSHALLER);
    private static final Seldom REFUSALS = new Seldom(TimeUnit.MINUTES.toNanos(1), System::nanoTime);

    private Tokens() {}

    /** For a client. */
    static ClientInterceptor shown(String token) {
        return new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                return new ForwardingClientCall.SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void start(Listener<A> listener, Metadata headers) {
                        headers.put(KEY, token);
                        super.start(listener, headers);
                    }
                };
            }
        };
    }

    /** For a client, with or without a token: logs that a server refuses this node. */
    static ClientInterceptor refusalsLogged(SocketAddress server) {
        return new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                return new ForwardingClientCall.SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void start(Listener<A> listener, Metadata headers) {
                        super.start(new RefusalListener<>(listener, server), headers);
                    }
                };
            }
        };
    }

    /** For a server. */
    static ServerInterceptor checked(String token) {
        byte[] expected = token.getBytes(StandardCharsets.US_ASCII);
        return new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                String shown = headers.get(KEY);
                // Takes the same time wherever the difference is.
                if (shown != null && MessageDigest.isEqual(shown.getBytes(StandardCharsets.US_ASCII), expected)) {
                    return next.startCall(call, headers);
                }
                String why = shown == null ? "no token" : "a wrong token";
                logRefused(call, why);
                call.close(
                        Status.UNAUTHENTICATED.withDescription(
                                why + ": this node and the caller need the same value of encrypt"),
                        new Metadata());
                return new ServerCall.Listener<>() {};
            }
        };
    }

    private static void logRefused(ServerCall<?, ?> call, String why) {
        Attributes attributes = call.getAttributes();
        SocketAddress from = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        String host = from instanceof InetSocketAddress address ? address.getHostString() : String.valueOf(from);
        if (REFUSALS.now("in " + host)) {
            LOG.log(
                    Level.WARNING,
                    "RPC call refused, it shows {0}; does that node have another value of encrypt? from={1} method={2}",
                    why,
                    host,
                    call.getMethodDescriptor().getFullMethodName());
        }
    }

    /** Sees refusals go by. */
    private static final class RefusalListener<A>
            extends ForwardingClientCallListener.SimpleForwardingClientCallListener<A> {
        private final SocketAddress server;

        RefusalListener(ClientCall.Listener<A> to, SocketAddress server) {
            super(to);
            this.server = server;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (status.getCode() == Status.Code.UNAUTHENTICATED && REFUSALS.now("out " + server)) {
                LOG.log(
                        Level.WARNING,
                        "RPC call was refused member={0} reason=\"{1}\"",
                        server,
                        status.getDescription());
            }
            super.onClose(status, trailers);
        }
    }
}
