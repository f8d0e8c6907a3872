package io.dkron.connectors.etcd;

import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** One machine and the connection to it. Safe for use by many threads. */
final class EtcdMachine {
    /** gRPC's own pause before a dead machine is tried again grows to two minutes: too long for one that is back. */
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final String address;
    private final ManagedChannel channel;
    private final AtomicLong nextTry = new AtomicLong(System.nanoTime());

    EtcdMachine(String address, ManagedChannel channel) {
        this.address = address;
        this.channel = channel;
    }

    String address() {
        return address;
    }

    boolean isConnected() {
        return channel.getState(false) == ConnectivityState.READY;
    }

    /** Calls and waits for the answer, at most until the deadline. */
    <Q, A> A call(MethodDescriptor<Q, A> method, Q request, Optional<CallCredentials> token, Deadline deadline)
            throws EtcdFailure {
        retryConnecting();
        Sent sent = new Sent();
        CallOptions options = CallOptions.DEFAULT.withDeadline(deadline).withStreamTracerFactory(sent);
        CallOptions all = token.map(options::withCallCredentials).orElse(options);
        try {
            return ClientCalls.blockingUnaryCall(channel, method, all, request);
        } catch (StatusRuntimeException e) {
            EtcdFailure failure = EtcdFailure.of(address, e.getStatus(), sent.happened());
            if (failure.isTimeout()) {
                channel.enterIdle(); // a connection on which nothing comes any more is not used for the next call
            }
            throw failure;
        }
    }

    private void retryConnecting() {
        long now = System.nanoTime();
        long due = nextTry.get();
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE
                && now - due >= 0
                && nextTry.compareAndSet(due, now + PAUSE.toNanos())) {
            channel.resetConnectBackoff();
        }
    }

    void close() {
        channel.shutdownNow();
    }

    void awaitEnd(Duration longest) throws InterruptedException {
        channel.awaitTermination(longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether a call was handed to a connection; until then it certainly has no effect. */
    private static final class Sent extends ClientStreamTracer.Factory {
        private final AtomicBoolean happened = new AtomicBoolean();

        boolean happened() {
            return happened.get();
        }

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void streamCreated(Attributes transportAttrs, Metadata sentHeaders) {
                    happened.set(true);
                }
            };
        }
    }
}
