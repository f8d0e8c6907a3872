package io.dkron.agent.rpc;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The member's RPC socket. Its services come from the host, and run on the host's executor; the socket itself is served by
 * one thread.
 */
public final class RpcServer implements AutoCloseable {
    /** Most bytes of a message, either way. */
    public static final int MAX_MESSAGE = 16 << 20;

    private final Server server;
    private final MultiThreadIoEventLoopGroup loop;

    private RpcServer(Server server, MultiThreadIoEventLoopGroup loop) {
        this.server = server;
        this.loop = loop;
    }

    /**
     * Listens from now on.
     *
     * @param address port 0 takes any free one
     * @throws UncheckedIOException when it cannot be bound
     */
    public static RpcServer start(InetSocketAddress address, List<BindableService> services, Executor executor) {
        var loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("dkron-rpc", true), NioIoHandler.newFactory());
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
                .channelType(NioServerSocketChannel.class)
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .executor(executor)
                .maxInboundMessageSize(MAX_MESSAGE)
                .keepAliveTime(20, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
        services.forEach(builder::addService);
        try {
            return new RpcServer(builder.build().start(), loop);
        } catch (IOException e) {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new UncheckedIOException(
                    "RPC on " + address + ": cannot listen: " + (e.getCause() == null ? e : e.getCause()).getMessage(),
                    e);
        }
    }

    public int port() {
        return server.getPort();
    }

    /** Lets calls in progress end, 2 s at most. */
    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(2, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
