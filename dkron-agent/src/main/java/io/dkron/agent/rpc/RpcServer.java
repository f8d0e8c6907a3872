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
import java.time.Duration;
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
    /** How long a connection may be silent, either way, before its other end is asked whether it lives. */
    public static final Duration KEEP_ALIVE = Duration.ofSeconds(10);
    /** How long the answer may take. */
    public static final Duration KEEP_ALIVE_WITHIN = Duration.ofSeconds(5);

    private static final int MAX_HEADERS = 16 << 10;
    /** Of one connection; more wait. */
    private static final int MAX_CALLS = 1_000;
    /** Bytes on their way to a receiver that does not read; grows with what the line carries. */
    private static final int WINDOW = 1 << 20;

    private final Server server;
    private final MultiThreadIoEventLoopGroup loop;

    private RpcServer(Server server, MultiThreadIoEventLoopGroup loop) {
        this.server = server;
        this.loop = loop;
    }

    /** Listens in the clear from now on. @see #start(InetSocketAddress, List, Executor, RpcSecurity) */
    public static RpcServer start(InetSocketAddress address, List<BindableService> services, Executor executor) {
        return start(address, services, executor, RpcSecurity.NONE);
    }

    /**
     * Listens from now on.
     *
     * @param address port 0 takes any free one
     * @throws UncheckedIOException when it cannot be bound
     */
    public static RpcServer start(
            InetSocketAddress address, List<BindableService> services, Executor executor, RpcSecurity security) {
        var loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("dkron-rpc", true), NioIoHandler.newFactory());
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
                .channelType(NioServerSocketChannel.class)
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .executor(executor)
                .maxInboundMessageSize(MAX_MESSAGE)
                .maxInboundMetadataSize(MAX_HEADERS)
                .maxConcurrentCallsPerConnection(MAX_CALLS)
                .initialFlowControlWindow(WINDOW)
                .keepAliveTime(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_WITHIN.toSeconds(), TimeUnit.SECONDS)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
        services.forEach(builder::addService);
        security.token().ifPresent(token -> builder.intercept(Tokens.checked(token)));
        security.tls().ifPresent(files -> builder.sslContext(files.server()));
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

    /** Ends at once, and every call with it. */
    void kill() {
        server.shutdownNow();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
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
