package io.dkron.agent.rpc;

import io.dkron.core.cluster.Member;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * One connection to each member that is called, made at the first call. A call on a connection that broke tries a new one
 * at once, whatever happened before: it fails within {@link #CONNECT_WITHIN} when nobody answers. A call with one answer
 * that was given no deadline has {@link #DEADLINE}. Safe for many threads.
 */
public final class RpcClients implements AutoCloseable {
    /** Of calls that were given none. */
    public static final Duration DEADLINE = Duration.ofSeconds(30);
    /** The longest wait for a connection. */
    public static final Duration CONNECT_WITHIN = Duration.ofSeconds(3);

    private final Executor executor;
    private final RpcSecurity security;
    private final Optional<SslContext> tls;
    private final Map<InetSocketAddress, ManagedChannel> channels = new HashMap<>();
    private Optional<MultiThreadIoEventLoopGroup> loop = Optional.empty();
    private boolean closed;

    /** In the clear. @param executor runs what follows an answer */
    public RpcClients(Executor executor) {
        this(executor, RpcSecurity.NONE);
    }

    /** @param executor runs what follows an answer */
    public RpcClients(Executor executor, RpcSecurity security) {
        this.executor = Objects.requireNonNull(executor, "executor");
        this.security = Objects.requireNonNull(security, "security");
        this.tls = security.tls().map(TlsFiles::client);
    }

    /** Where a member's RPC port is. */
    public static InetSocketAddress address(Member member) {
        return new InetSocketAddress(member.address(), member.rpcPort());
    }

    /**
     * The connection to this member's RPC port. Ask for it with each call, and do not keep it: after a failure another
     * one takes its place, while gRPC's own would refuse calls for up to two minutes.
     */
    public synchronized ManagedChannel channel(InetSocketAddress address) {
        if (closed) {
            throw new IllegalStateException("the node stops");
        }
        ManagedChannel known = channels.get(address);
        if (known != null && usable(known)) {
            return known;
        }
        if (known != null) {
            known.shutdown(); // calls that stand may end
        }
        ManagedChannel fresh = open(address);
        channels.put(address, fresh);
        return fresh;
    }

    private static boolean usable(ManagedChannel channel) {
        ConnectivityState state = channel.getState(false);
        return state != ConnectivityState.TRANSIENT_FAILURE && state != ConnectivityState.SHUTDOWN;
    }

    private ManagedChannel open(InetSocketAddress address) {
        if (loop.isEmpty()) {
            loop = Optional.of(new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("dkron-rpc-client", true), NioIoHandler.newFactory()));
        }
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address)
                .channelType(NioSocketChannel.class)
                .eventLoopGroup(loop.get())
                .executor(executor)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(CONNECT_WITHIN.toMillis()))
                .maxInboundMessageSize(RpcServer.MAX_MESSAGE)
                .keepAliveTime(RpcServer.KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
                .keepAliveTimeout(RpcServer.KEEP_ALIVE_WITHIN.toSeconds(), TimeUnit.SECONDS)
                .keepAliveWithoutCalls(true)
                .disableRetry() // who calls decides what may be said twice
                .intercept(new Deadline(), Tokens.refusalsLogged(address));
        security.token().ifPresent(token -> builder.intercept(Tokens.shown(token)));
        if (tls.isPresent()) {
            builder.sslContext(tls.get());
        } else {
            builder.usePlaintext();
        }
        return builder.build();
    }

    /** Closes the connection to a member that is gone; calls that stand may end. */
    public void forget(InetSocketAddress address) {
        ManagedChannel channel;
        synchronized (this) {
            channel = channels.remove(address);
        }
        if (channel != null) {
            channel.shutdown();
        }
    }

    /** Closes the connections to everybody else. */
    public void keepOnly(Collection<InetSocketAddress> members) {
        List<InetSocketAddress> gone;
        synchronized (this) {
            gone = channels.keySet().stream()
                    .filter(address -> !Set.copyOf(members).contains(address))
                    .toList();
        }
        gone.forEach(this::forget);
    }

    @Override
    public synchronized void close() {
        closed = true;
        channels.values().forEach(ManagedChannel::shutdownNow);
        channels.clear();
        loop.ifPresent(l -> l.shutdownGracefully(0, 1, TimeUnit.SECONDS));
    }

    /** No call waits for ever. */
    private static final class Deadline implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            boolean endless = options.getDeadline() == null && method.getType() == MethodDescriptor.MethodType.UNARY;
            return next.newCall(
                    method, endless ? options.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS) : options);
        }
    }
}
