package io.dkron.agent.executor.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Asks a server what one of its services looks like: by reflection v1, and by v1alpha where the server does not know that.
 * Both have the same messages. Only one of its methods runs at a time, as gRPC promises.
 */
final class Reflection {
    private static final MethodDescriptor<ServerReflectionRequest, ServerReflectionResponse> V1 =
            ServerReflectionGrpc.getServerReflectionInfoMethod();
    private static final MethodDescriptor<ServerReflectionRequest, ServerReflectionResponse> V1ALPHA = V1.toBuilder()
            .setFullMethodName("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
            .build();

    private static final int MOST_FILES = 1000;
    private static final long MOST_BYTES = 8L << 20;

    private final Channel channel;
    private final String service;
    private final Consumer<ServiceDescriptor> found;
    private final Consumer<String> failed;

    /**
     * One of both is told, once.
     *
     * @param service full name
     * @param failed told why
     */
    Reflection(Channel channel, String service, Consumer<ServiceDescriptor> found, Consumer<String> failed) {
        this.channel = channel;
        this.service = service;
        this.found = found;
        this.failed = failed;
    }

    /** Returns at once. */
    void begin() {
        ask(V1);
    }

    private void ask(MethodDescriptor<ServerReflectionRequest, ServerReflectionResponse> version) {
        ClientCall<ServerReflectionRequest, ServerReflectionResponse> call =
                channel.newCall(version, CallOptions.DEFAULT);
        call.start(new Conversation(call, version == V1), new Metadata());
        call.request(1);
        call.sendMessage(ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol(service)
                .build());
    }

    private final class Conversation extends ClientCall.Listener<ServerReflectionResponse> {
        private final ClientCall<ServerReflectionRequest, ServerReflectionResponse> call;
        private final boolean newest;
        private final Map<String, FileDescriptorProto> files = new HashMap<>();
        private final Set<String> asked = new HashSet<>();
        private final Deque<String> missing = new ArrayDeque<>();
        private long bytes;
        private boolean over;

        Conversation(ClientCall<ServerReflectionRequest, ServerReflectionResponse> call, boolean newest) {
            this.call = call;
            this.newest = newest;
        }

        @Override
        public void onMessage(ServerReflectionResponse answer) {
            if (over) {
                return;
            }
            switch (answer.getMessageResponseCase()) {
                case FILE_DESCRIPTOR_RESPONSE ->
                    take(answer.getFileDescriptorResponse().getFileDescriptorProtoList());
                case ERROR_RESPONSE ->
                    end(answer.getErrorResponse().getErrorMessage() + " (status "
                            + answer.getErrorResponse().getErrorCode() + ")");
                default -> end("an answer of another kind: " + answer.getMessageResponseCase());
            }
        }

        private void take(List<ByteString> list) {
            try {
                for (ByteString each : list) {
                    bytes += each.size();
                    FileDescriptorProto file = FileDescriptorProto.parseFrom(each);
                    files.putIfAbsent(file.getName(), file);
                    missing.addAll(file.getDependencyList());
                }
            } catch (InvalidProtocolBufferException e) {
                end("a description that cannot be read: " + e.getMessage());
                return;
            }
            if (files.size() > MOST_FILES || bytes > MOST_BYTES) {
                end("the description is larger than " + MOST_FILES + " files or " + MOST_BYTES + " bytes");
                return;
            }
            next();
        }

        private void next() {
            while (!missing.isEmpty()) {
                String name = missing.pop();
                if (files.containsKey(name)) {
                    continue;
                }
                if (!asked.add(name)) {
                    end("it does not tell the file \"" + name + "\"");
                    return;
                }
                call.request(1);
                call.sendMessage(ServerReflectionRequest.newBuilder()
                        .setFileByFilename(name)
                        .build());
                return;
            }
            over = true;
            call.halfClose();
            call.request(1); // the end comes, and nothing else
            build();
        }

        private void build() {
            ServiceDescriptor described;
            try {
                described = new Builder(files).service(service);
            } catch (DescriptorValidationException | IllegalArgumentException e) {
                failed.accept("the description does not hold together: " + e.getMessage());
                return;
            }
            found.accept(described);
        }

        private void end(String why) {
            over = true;
            call.cancel("not needed any more", null);
            failed.accept(why);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (over) {
                return;
            }
            over = true;
            if (newest && status.getCode() == Status.Code.UNIMPLEMENTED) {
                ask(V1ALPHA);
            } else if (status.getCode() == Status.Code.UNIMPLEMENTED) {
                failed.accept("the server offers no reflection, neither v1 nor v1alpha");
            } else {
                failed.accept(status.getCode()
                        + Optional.ofNullable(status.getDescription())
                                .map(text -> ": " + text)
                                .orElse("")
                        + GrpcCall.cause(status));
            }
        }
    }

    /** Puts files together, those that they import first. */
    private static final class Builder {
        private final Map<String, FileDescriptorProto> files;
        private final Map<String, FileDescriptor> built = new HashMap<>();
        private final Set<String> begun = new HashSet<>();

        Builder(Map<String, FileDescriptorProto> files) {
            this.files = files;
        }

        ServiceDescriptor service(String name) throws DescriptorValidationException {
            for (String file : files.keySet()) {
                for (ServiceDescriptor each : build(file).getServices()) {
                    if (each.getFullName().equals(name)) {
                        return each;
                    }
                }
            }
            throw new IllegalArgumentException("no file holds the service " + name);
        }

        private FileDescriptor build(String name) throws DescriptorValidationException {
            FileDescriptor known = built.get(name);
            if (known != null) {
                return known;
            }
            if (!begun.add(name)) {
                throw new IllegalArgumentException("the file " + name + " imports itself");
            }
            FileDescriptorProto file = files.get(name);
            List<FileDescriptor> imports = new ArrayList<>();
            for (String each : file.getDependencyList()) {
                imports.add(build(each));
            }
            FileDescriptor made = FileDescriptor.buildFrom(file, imports.toArray(FileDescriptor[]::new));
            built.put(name, made);
            return made;
        }
    }
}
