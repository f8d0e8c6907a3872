package io.dkron.agent.executor.grpc;

import io.dkron.agent.executor.call.BadConfigException;
import io.dkron.agent.executor.call.CallRun;
import io.dkron.agent.executor.call.CallTls;
import io.dkron.core.executor.Run;
import io.dkron.core.executor.RunContext;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/** The threads of all runs; each run has a connection of its own, which ends with it. Safe for many threads. */
final class GrpcCalls implements AutoCloseable {
    private static final int THREADS = 8;
    private static final Duration MOST_TO_END = Duration.ofSeconds(5);

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("dkron-grpc-io", true), NioIoHandler.newFactory());
    private final ThreadPoolExecutor threads = threads();
    private final Set<ManagedChannel> running = ConcurrentHashMap.newKeySet();
    private final Set<ManagedChannel> ending = ConcurrentHashMap.newKeySet();

    private static ThreadPoolExecutor threads() {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "dkron-grpc-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    Run start(RunContext context) {
        GrpcJob job;
        try {
            job = GrpcJob.of(context.order().config());
        } catch (BadConfigException e) {
            return CallRun.failed(context, e.getMessage());
        }
        CallRun run = new CallRun(context, job.text(), job.timeout());
        try {
            ManagedChannel channel = open(job);
            running.add(channel);
            run.result().whenComplete((result, error) -> end(channel));
            new GrpcCall(run, job, channel).begin();
        } catch (BadConfigException e) {
            run.fail(e.getMessage());
        } catch (RuntimeException e) { // gRPC's; the run must not go on without a call
            run.fail("the call cannot be made: " + e);
        }
        return run;
    }

    private ManagedChannel open(GrpcJob job) throws BadConfigException {
        NettyChannelBuilder builder;
        try {
            builder = NettyChannelBuilder.forTarget("dns:///" + job.address());
        } catch (IllegalArgumentException e) {
            throw new BadConfigException("url: \"" + job.address() + "\" is no host and port: " + e.getMessage());
        }
        builder.channelType(NioSocketChannel.class)
                .eventLoopGroup(loop)
                .executor(threads)
                .offloadExecutor(threads)
                .maxInboundMessageSize(GrpcJob.LARGEST_ANSWER)
                .disableRetry() // the job says how often
                .userAgent("dkron")
                .intercept(MetadataUtils.newAttachHeadersInterceptor(job.headers()));
        if (job.tls().chosen()) {
            secure(builder, job.tls());
        } else {
            builder.usePlaintext();
        }
        return builder.build();
    }

    private static void secure(NettyChannelBuilder builder, CallTls tls) throws BadConfigException {
        SslContextBuilder context = SslContextBuilder.forClient();
        for (KeyManager identity : tls.identity().stream().toList()) {
            context.keyManager(identity);
        }
        for (TrustManager trust : tls.trust().stream().toList()) {
            context.trustManager(trust);
        }
        try {
            // The JDK's own: Netty's native one costs memory and a file in the temporary directory.
            builder.sslContext(
                    GrpcSslContexts.configure(context, SslProvider.JDK).build());
        } catch (SSLException e) {
            throw new BadConfigException("TLS: " + e.getMessage());
        }
    }

    private void end(ManagedChannel channel) {
        channel.shutdownNow();
        ending.removeIf(ManagedChannel::isTerminated);
        ending.add(channel);
        running.remove(channel);
    }

    /** Ends what still runs. Threads go after the connections: a connection whose threads are gone stays open for ever. */
    @Override
    public void close() {
        running.forEach(this::end);
        long deadline = System.nanoTime() + MOST_TO_END.toNanos();
        try {
            for (ManagedChannel channel : ending) {
                channel.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the rest is not waited for
        }
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        threads.shutdown();
    }
}
