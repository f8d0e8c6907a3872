package io.dkron.agent.time;

import io.dkron.agent.rpc.Messages;
import io.dkron.agent.rpc.proto.ClockGrpc;
import io.dkron.agent.rpc.proto.NowRequest;
import io.dkron.agent.rpc.proto.NowResponse;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;

/** Tells others the time here. */
public final class ClockService extends ClockGrpc.ClockImplBase {
    private final InstantSource wall;
    private final InstantSource engine;

    /** @param engine by which this node dates orders and results */
    public ClockService(InstantSource wall, InstantSource engine) {
        this.wall = Objects.requireNonNull(wall, "wall");
        this.engine = Objects.requireNonNull(engine, "engine");
    }

    @Override
    public void now(NowRequest request, StreamObserver<NowResponse> observer) {
        Instant received = wall.instant();
        long ahead = Duration.between(received, engine.instant()).toNanos();
        observer.onNext(NowResponse.newBuilder()
                .setReceived(Messages.of(received))
                .setAheadNanos(ahead)
                .setSent(Messages.of(wall.instant()))
                .build());
        observer.onCompleted();
    }
}
