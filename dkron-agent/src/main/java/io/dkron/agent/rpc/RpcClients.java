package io.dkron.agent.rpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** One connection to each member that is called, made at the first call. Safe for many threads. */
public final class RpcClients implements AutoCloseable {
    private final Executor executor;
    private final Map<InetSocketAddress, ManagedChannel> channels = new HashMap<>();
    private Optional<MultiThreadIoEventLoopGroup> loop = Optional.empty();
    private boolean closed;

    /** @param executor runs what follows an answer */
    public RpcClients(Executor executor) {
        this.executor = Objects.requireNonNull(executor, "executor");
    }

    /** The connection to this member's RPC port. */
    public synchronized ManagedChannel channel(InetSocketAddress address) {
        if (closed) {
            throw new IllegalStateException("the node stops");
        }
        return channels.computeIfAbsent(address, this::open);
    }

    private ManagedChannel open(InetSocketAddress address) {
        if (loop.isEmpty()) {
            loop = Optional.of(new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("dkron-rpc-client", true), NioIoHandler.newFactory()));
        }
        return NettyChannelBuilder.forAddress(address)
                .usePlaintext()
                .channelType(NioSocketChannel.class)
                .eventLoopGroup(loop.get())
                .executor(executor)
                .maxInboundMessageSize(RpcServer.MAX_MESSAGE)
                .keepAliveTime(20, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .build();
    }

    /** Closes the connection to a member that is gone. */
    public void forget(InetSocketAddress address) {
        ManagedChannel channel;
        synchronized (this) {
            channel = channels.remove(address);
        }
        if (channel != null) {
            channel.shutdown();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        channels.values().forEach(ManagedChannel::shutdownNow);
        channels.clear();
        loop.ifPresent(l -> l.shutdownGracefully(0, 1, TimeUnit.SECONDS));
    }
}
