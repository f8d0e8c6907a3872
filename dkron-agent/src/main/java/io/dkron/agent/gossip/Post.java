package io.dkron.agent.gossip;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.stack.IpAddress;

/**
 * Sends messages, on threads of its own: one for members with a connection, a few for those that first need one, since
 * that may take a second. What cannot be sent is dropped; the comparisons make up for it. Safe for many threads.
 */
final class Post {
    private static final Logger LOG = System.getLogger(Post.class.getName());
    private static final int QUEUE = 10_000;
    private static final int DIALLERS = 4;

    private final JChannel channel;
    private final GossipTransport transport;
    private final ThreadPoolExecutor connected = pool("dkron-gossip-send", 1);
    private final ThreadPoolExecutor diallers = pool("dkron-gossip-dial", DIALLERS);
    private final OncePerMinute quiet = new OncePerMinute();

    Post(JChannel channel, GossipTransport transport) {
        this.channel = channel;
        this.transport = transport;
    }

    private static ThreadPoolExecutor pool(String name, int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    void send(IpAddress to, Wire.Packet packet) {
        byte[] bytes = Wire.write(packet, System.nanoTime());
        ThreadPoolExecutor pool = transport.connectedTo(to) ? connected : diallers;
        try {
            pool.execute(() -> transmit(to, bytes));
        } catch (RejectedExecutionException e) {
            if (!pool.isShutdown() && quiet.first("full")) {
                LOG.log(Level.WARNING, "gossip dropped a message to=" + to + " reason=\"" + QUEUE + " are waiting\"");
            }
        }
    }

    /** Sends on the caller's thread, which may wait for the receiver of this one message. */
    void sendNow(IpAddress to, Wire.Packet packet) {
        if (transport.connectedTo(to)) {
            transmit(to, Wire.write(packet, System.nanoTime()));
        } else {
            send(to, packet);
        }
    }

    private void transmit(IpAddress to, byte[] bytes) {
        try {
            channel.send(new BytesMessage(to, bytes).setSrc(transport.address()));
        } catch (Exception e) {
            if (!channel.isClosed() && quiet.first("send " + to)) {
                LOG.log(Level.WARNING, "gossip could not send to=" + to + " reason=\"" + e + "\"");
            }
        }
    }

    /** Where a member listens. */
    static IpAddress addressOf(Entry entry) {
        try {
            return new IpAddress(
                    InetAddress.getByName(entry.peer().member().address()),
                    entry.peer().member().port());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("member " + entry.name() + " has no address: " + e.getMessage(), e);
        }
    }

    /** Takes no more and waits for what is on its way, at most that long. */
    void close(long millis) {
        connected.shutdown();
        diallers.shutdown();
        try {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            connected.awaitTermination(millis, TimeUnit.MILLISECONDS);
            diallers.awaitTermination(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connected.shutdownNow();
        diallers.shutdownNow();
    }
}
