package io.dkron.connectors.etcd;

import io.dkron.core.store.MachineAddress;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import io.grpc.CallCredentials;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The machines of one etcd cluster, tried in turn: calls go to the last one that answered, and on to the next only while
 * it is certain that nothing was done, or that doing it twice does no harm. Three threads at most. Safe for use by many
 * threads.
 */
final class EtcdMachines implements AutoCloseable {
    /** Of one answer, as it is held in memory; more than the largest transaction's. */
    private static final int LARGEST_ANSWER = 32 << 20;

    private static final Duration LONGEST_END = Duration.ofSeconds(2);
    /** etcd ends connections that ask more often whether it is there. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    private final List<EtcdMachine> machines;
    private final EtcdLogin login;
    private final Duration timeout;
    private final EventLoopGroup events;
    private final ExecutorService callbacks;
    private volatile int preferred;
    private volatile boolean closed;

    private EtcdMachines(
            List<EtcdMachine> machines,
            EtcdLogin login,
            Duration timeout,
            EventLoopGroup events,
            ExecutorService callbacks) {
        this.machines = List.copyOf(machines);
        this.login = login;
        this.timeout = timeout;
        this.events = events;
        this.callbacks = callbacks;
    }

    /** @throws StoreException when a TLS file cannot be used */
    static EtcdMachines open(List<MachineAddress> addresses, StoreRequest request) {
        Optional<SslContext> tls =
                addresses.stream().anyMatch(MachineAddress::tls) ? Optional.of(tls(request.tls())) : Optional.empty();
        EventLoopGroup events = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("dkron-etcd-io", true), NioIoHandler.newFactory());
        ThreadPoolExecutor callbacks = new ThreadPoolExecutor(
                2,
                2,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("dkron-etcd", true),
                (task, pool) -> task.run()); // what still comes at the end
        callbacks.allowCoreThreadTimeOut(true);
        List<EtcdMachine> machines = new ArrayList<>();
        for (MachineAddress address : addresses) {
            NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address.host(), address.port())
                    .eventLoopGroup(events)
                    .channelType(NioSocketChannel.class)
                    .executor(callbacks)
                    .offloadExecutor(callbacks)
                    .maxInboundMessageSize(LARGEST_ANSWER)
                    .keepAliveTime(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
                    .keepAliveTimeout(request.timeout().toMillis(), TimeUnit.MILLISECONDS)
                    .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                            request.timeout().toMillis());
            ManagedChannel channel = address.tls()
                    ? builder.sslContext(tls.orElseThrow()).build()
                    : builder.usePlaintext().build();
            machines.add(new EtcdMachine(address.toString(), channel));
        }
        EtcdLogin login = new EtcdLogin(request.username(), request.password());
        return new EtcdMachines(machines, login, request.timeout(), events, callbacks);
    }

    private static SslContext tls(StoreRequest.Tls tls) {
        try {
            SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK);
            if (!tls.caFile().isEmpty()) {
                builder.trustManager(readable(tls.caFile()));
            }
            if (!tls.certFile().isEmpty()) {
                builder.keyManager(readable(tls.certFile()), readable(tls.keyFile()));
            }
            return builder.build();
        } catch (IOException | IllegalArgumentException e) {
            throw new StoreException(
                    "etcd: no TLS with " + tls + ": " + e.getMessage()
                            + "; certificates are PEM, the key is PEM in PKCS #8 without a password (openssl pkcs8 -topk8"
                            + " -nocrypt)",
                    e);
        }
    }

    private static File readable(String path) throws IOException {
        File file = new File(path);
        if (!file.canRead()) {
            throw new IOException(path + " cannot be read");
        }
        return file;
    }

    /** Until when calls that begin now may take. */
    Deadline deadline() {
        return Deadline.after(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether half of the time is over. */
    boolean isLate(Deadline deadline) {
        return deadline.timeRemaining(TimeUnit.MILLISECONDS) < timeout.toMillis() / 2;
    }

    /** @param repeatable whether doing it twice does no harm */
    <Q, A> A call(MethodDescriptor<Q, A> method, Q request, boolean repeatable, Deadline deadline) throws EtcdFailure {
        int first = preferred;
        Set<String> reasons = new LinkedHashSet<>();
        int tries = machines.size() + 1; // the first one again: its connection may just have ended
        int index = first;
        while (true) {
            if (closed) {
                throw EtcdFailure.closed(toString());
            }
            try {
                A answer = ask(machines.get(index), method, request, part(index, tries, deadline));
                preferred = index;
                return answer;
            } catch (EtcdFailure e) {
                reasons.add(e.getMessage());
                tries--;
                boolean gone =
                        e.kind() == EtcdFailure.Kind.NOT_SENT || (e.kind() == EtcdFailure.Kind.LOST && !e.isTooLarge());
                boolean again = gone && (repeatable || e.kind() == EtcdFailure.Kind.NOT_SENT);
                if (gone) {
                    preferred = (index + 1) % machines.size();
                }
                if (!again || tries == 0 || deadline.isExpired()) {
                    throw e.with(String.join("; ", reasons));
                }
                index = (index + 1) % machines.size();
            }
        }
    }

    /** All the time that is left for a machine that is connected, else as much as leaves some for those after it. */
    private Deadline part(int index, int tries, Deadline deadline) {
        if (tries <= 1 || machines.size() == 1 || machines.get(index).isConnected()) {
            return deadline;
        }
        long left = deadline.timeRemaining(TimeUnit.MILLISECONDS);
        return deadline.minimum(Deadline.after(Math.max(50, left / tries), TimeUnit.MILLISECONDS));
    }

    private <Q, A> A ask(EtcdMachine machine, MethodDescriptor<Q, A> method, Q request, Deadline deadline)
            throws EtcdFailure {
        Optional<CallCredentials> token = login.token(machine, deadline);
        try {
            return machine.call(method, request, token, deadline);
        } catch (EtcdFailure e) {
            if (e.kind() != EtcdFailure.Kind.TOKEN || !login.isAsked()) {
                throw e;
            }
            login.forget(token);
            return machine.call(method, request, login.token(machine, deadline), deadline);
        }
    }

    /** Calls that run end with a failure, and the threads end. */
    @Override
    public void close() {
        closed = true;
        machines.forEach(EtcdMachine::close);
        try {
            for (EtcdMachine machine : machines) {
                machine.awaitEnd(LONGEST_END);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        events.shutdownGracefully(0, LONGEST_END.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(LONGEST_END.toMillis());
        callbacks.shutdown();
    }

    @Override
    public String toString() {
        return String.join(", ", machines.stream().map(EtcdMachine::address).toList());
    }
}
