package io.dkron.ejb.raft;

import com.google.protobuf.ByteString;
import io.dkron.agent.rpc.proto.GroupFetchPart;
import io.dkron.ejb.raft.StateImages.Image;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.util.Objects;
import java.util.Optional;

/**
 * An image of the store on its way to a server that lacks it, as fast as its connection takes it. Never waits: gRPC calls
 * back on one thread at a time, so a call that waits for its connection keeps the news of it out. Safe for many threads.
 */
final class ImageSending {
    private static final Logger LOG = System.getLogger(ImageSending.class.getName());
    private static final int PART = 256 << 10;

    private final Image image;
    private final ServerCallStreamObserver<GroupFetchPart> out;
    private final String receiver;
    private final byte[] buffer = new byte[PART];
    private Optional<InputStream> in = Optional.empty(); // guarded by this
    private boolean over; // guarded by this

    /** @param image is closed when it was sent, or the receiver is gone */
    ImageSending(Image image, ServerCallStreamObserver<GroupFetchPart> out, String receiver) {
        this.image = Objects.requireNonNull(image, "image");
        this.out = Objects.requireNonNull(out, "out");
        this.receiver = Objects.requireNonNull(receiver, "receiver");
    }

    /** Sends what the connection takes now. */
    synchronized void go() {
        try {
            while (!over && out.isReady()) {
                next();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "state not given to={0} reason={1}", receiver, e.getMessage());
            end();
            out.onError(Status.UNAVAILABLE.withDescription(e.getMessage()).asRuntimeException());
        }
    }

    /** The receiver takes no more. */
    synchronized void gone() {
        if (!over) {
            LOG.log(Level.INFO, "state not given to={0} reason=\"the receiver is gone\"", receiver);
            end();
        }
    }

    private void next() throws IOException {
        if (in.isEmpty()) {
            in = Optional.of(Files.newInputStream(image.file()));
            out.onNext(GroupFetchPart.newBuilder()
                    .setIndex(image.reference().index())
                    .setTerm(image.reference().term())
                    .addAllMembers(image.reference().members())
                    .build());
            return;
        }
        int count = in.get().readNBytes(buffer, 0, buffer.length);
        if (count > 0) {
            out.onNext(GroupFetchPart.newBuilder()
                    .setBytes(ByteString.copyFrom(buffer, 0, count))
                    .build());
        } else {
            end();
            out.onCompleted();
        }
    }

    private void end() {
        over = true;
        try {
            if (in.isPresent()) {
                in.get().close();
            }
            image.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // of a file that was read: nobody depends on it any more
        }
    }
}
