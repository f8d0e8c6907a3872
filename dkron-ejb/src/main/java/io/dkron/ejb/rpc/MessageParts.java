package io.dkron.ejb.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.dkron.agent.rpc.proto.ForwardPart;
import io.grpc.stub.StreamObserver;

/** Cuts a message into parts that fit a transport's message, and puts them together again. Of one thread. */
final class MessageParts {
    /** Bytes of a part. */
    static final int PART = 1 << 20;

    /** Most bytes of a whole message: a restore of the largest body, in its stored form. */
    static final long MOST = 256L << 20;

    private ByteString all = ByteString.EMPTY;

    /** Sends the message in parts; does not complete the stream. */
    static void send(MessageLite message, StreamObserver<ForwardPart> to) {
        ByteString bytes = message.toByteString();
        int from = 0;
        do {
            int end = Math.min(bytes.size(), from + PART);
            to.onNext(ForwardPart.newBuilder()
                    .setBytes(bytes.substring(from, end))
                    .build());
            from = end;
        } while (from < bytes.size());
    }

    /** @throws IllegalArgumentException when that is too much */
    void add(ForwardPart part) {
        if (all.size() + (long) part.getBytes().size() > MOST) {
            throw new IllegalArgumentException("a message of more than " + MOST + " bytes");
        }
        all = all.concat(part.getBytes());
    }

    /** All that was added. */
    ByteString whole() {
        return all;
    }
}
