package io.dkron.agent.executor.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.JsonFormat.TypeRegistry;
import io.dkron.agent.executor.call.BadConfigException;
import io.dkron.core.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Messages as JSON, in both directions, by Protocol Buffers' own mapping. Immutable. */
final class JsonMessages {
    private final JsonFormat.Parser parser;
    private final JsonFormat.Printer printer;

    private JsonMessages(TypeRegistry types) {
        this.parser = JsonFormat.parser().usingTypeRegistry(types);
        this.printer = JsonFormat.printer().usingTypeRegistry(types).omittingInsignificantWhitespace();
    }

    /** With the messages of this file and of all that it imports, for what stands in an {@code Any}. */
    static JsonMessages of(FileDescriptor file) {
        TypeRegistry.Builder types = TypeRegistry.newBuilder();
        Set<String> seen = new HashSet<>();
        Deque<FileDescriptor> left = new ArrayDeque<>(List.of(file));
        while (!left.isEmpty()) {
            FileDescriptor each = left.pop();
            if (seen.add(each.getFullName())) {
                types.add(each.getMessageTypes());
                left.addAll(each.getDependencies());
            }
        }
        return new JsonMessages(types.build());
    }

    /**
     * What a body says to a method: one message, or for a stream of them an array.
     *
     * @throws BadConfigException if it is none of that method's
     */
    List<DynamicMessage> requests(MethodDescriptor method, Optional<Object> body) throws BadConfigException {
        if (!method.isClientStreaming()) {
            return List.of(request(method.getInputType(), body.orElse(Map.of())));
        }
        List<DynamicMessage> requests = new ArrayList<>();
        if (body.isPresent()) {
            List<?> values = body.get() instanceof List<?> list ? list : List.of(body.get());
            for (Object value : values) {
                requests.add(request(method.getInputType(), value));
            }
        }
        return requests;
    }

    private DynamicMessage request(Descriptor type, Object value) throws BadConfigException {
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
        try {
            parser.merge(new String(Json.write(value), StandardCharsets.UTF_8), builder);
            return builder.build();
        } catch (InvalidProtocolBufferException | RuntimeException e) { // a missing required field is the latter
            throw new BadConfigException("body is no " + type.getFullName() + ": " + e.getMessage());
        }
    }

    /** One line. @throws InvalidProtocolBufferException if it holds an {@code Any} of a type that nobody described */
    String print(Message message) throws InvalidProtocolBufferException {
        return printer.print(message);
    }
}
