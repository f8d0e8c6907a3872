package io.dkron.agent.rpc;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Notices when a call is handed to a connection that the other end has answered on: before that, nothing of it can have
 * arrived (protocol P11). A call that waits for a connection when its deadline passes is dropped and never sent. For one
 * call.
 */
public final class Sending extends ClientStreamTracer.Factory implements ClientInterceptor {
    private final AtomicBoolean begun = new AtomicBoolean();

    /** Whether the call may have reached the other side. */
    public boolean begun() {
        return begun.get();
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return next.newCall(method, options.withStreamTracerFactory(this));
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        return new ClientStreamTracer() {
            @Override
            public void streamCreated(Attributes transport, Metadata sent) {
                begun.set(true);
            }

            @Override
            public void outboundMessageSent(int number, long wire, long plain) {
                begun.set(true);
            }
        };
    }
}
