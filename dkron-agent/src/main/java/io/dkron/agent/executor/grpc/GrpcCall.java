package io.dkron.agent.executor.grpc;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import io.dkron.agent.executor.call.BadConfigException;
import io.dkron.agent.executor.call.CallRun;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/** One call: the server's description of the method, then the call itself, whose answers are printed as they come. */
final class GrpcCall {
    private final CallRun run;
    private final GrpcJob job;
    private final Channel channel;

    /** @param channel closed by the caller, once the run is over */
    GrpcCall(CallRun run, GrpcJob job, Channel channel) {
        this.run = run;
        this.job = job;
        this.channel = channel;
    }

    /** Returns at once; the run ends by itself. */
    void begin() {
        new Reflection(channel, job.service(), this::call, why -> run.fail("Failed querying reflection server: " + why))
                .begin();
    }

    private void call(ServiceDescriptor service) {
        try {
            MethodDescriptor method = service.findMethodByName(job.method());
            if (method == null) {
                throw new BadConfigException(
                        "service \"" + job.service() + "\" has no method \"" + job.method() + "\"");
            }
            JsonMessages json = JsonMessages.of(service.getFile());
            send(method, json.requests(method, job.body()), json);
        } catch (BadConfigException e) {
            run.fail(e.getMessage());
        } catch (RuntimeException e) { // gRPC would only log it, and the run would never end
            run.fail("the call cannot be made: " + e);
        }
    }

    private void send(MethodDescriptor method, List<DynamicMessage> requests, JsonMessages json) {
        ClientCall<DynamicMessage, DynamicMessage> call = channel.newCall(described(method), CallOptions.DEFAULT);
        call.start(new Answers(call, json), new Metadata());
        call.request(1);
        requests.forEach(call::sendMessage);
        call.halfClose();
    }

    private static io.grpc.MethodDescriptor<DynamicMessage, DynamicMessage> described(MethodDescriptor method) {
        return io.grpc.MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
                .setType(type(method))
                .setFullMethodName(io.grpc.MethodDescriptor.generateFullMethodName(
                        method.getService().getFullName(), method.getName()))
                .setRequestMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getInputType())))
                .setResponseMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getOutputType())))
                .build();
    }

    private static MethodType type(MethodDescriptor method) {
        if (method.isClientStreaming()) {
            return method.isServerStreaming() ? MethodType.BIDI_STREAMING : MethodType.CLIENT_STREAMING;
        }
        return method.isServerStreaming() ? MethodType.SERVER_STREAMING : MethodType.UNARY;
    }

    /** Prints each answer before it asks for the next: a fast server does not fill the memory. */
    private final class Answers extends ClientCall.Listener<DynamicMessage> {
        private final ClientCall<DynamicMessage, DynamicMessage> call;
        private final JsonMessages json;

        Answers(ClientCall<DynamicMessage, DynamicMessage> call, JsonMessages json) {
            this.call = call;
            this.json = json;
        }

        @Override
        public void onMessage(DynamicMessage message) {
            try {
                if (run.print(json.print(message) + "\n")) {
                    call.request(1);
                }
            } catch (InvalidProtocolBufferException e) {
                run.fail("the answer cannot be told as JSON: " + e.getMessage());
            } catch (UncheckedIOException e) {
                run.fail("the answer cannot be written down: " + e.getMessage());
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            int code = status.getCode().value();
            if (code == job.code()) {
                run.succeed();
            } else {
                run.fail("server returned " + code + " code, expected " + job.code() + ": " + status.getCode()
                        + (status.getDescription() == null ? "" : ": " + status.getDescription())
                        + cause(status));
            }
        }
    }

    /** What of a failure to connect its description leaves out. */
    static String cause(Status status) {
        Throwable cause = status.getCause();
        return cause == null ? "" : ": " + Objects.requireNonNullElse(cause.getMessage(), cause.toString());
    }
}
