package io.dkron.ejb.raft.channel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jgroups.Address;
import org.jgroups.EmptyMessage;
import org.jgroups.Event;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MessageBatch;

/**
 * Heartbeats with a thread of their own. A member that is silent for longer than the timeout is suspected; closed
 * connections are the transport's to report. Each pulse tells how its sender is, and echoes the leader's, from which the
 * leader knows when a majority last heard of it.
 *
 * <p>A process that was stopped, or starved of its processor, must not take that for the others' silence: after a late
 * turn all begin anew.
 */
public final class Pulse extends Protocol {
    /** How often a server tells how it is. */
    public static final Duration INTERVAL = Duration.ofMillis(500);

    private static final short PROTOCOL = 1302;
    private static final int SENT_KEPT = 256;

    static {
        ClassConfigurator.addProtocol(PROTOCOL, Pulse.class);
        ClassConfigurator.add(PulseHeader.MAGIC, PulseHeader.class);
    }

    /** What this node is told; on the pulse's thread or one of the transport's. */
    public interface Listener {
        /** Another server told how it is. */
        void heard(Address from, Vitals vitals);

        /** A turn of the thread, each {@link #INTERVAL}. */
        void turn();
    }

    /** What was heard of another, and when by the monotonic clock. */
    public record Heard(Vitals vitals, long number, long echo, long at) {
        /** How long ago. */
        public Duration age() {
            return Duration.ofNanos(System.nanoTime() - at);
        }
    }

    private final long timeoutNanos;
    private final Supplier<Vitals> vitals;
    private final Listener listener;
    private final Map<Address, Heard> heard = new ConcurrentHashMap<>();
    private final Map<Address, Long> seen = new ConcurrentHashMap<>();
    private final NavigableMap<Long, Long> sent = new TreeMap<>();
    private volatile List<Address> members = List.of();
    private volatile Thread thread;
    private long number;

    /**
     * @param timeout silence after which a member is suspected
     * @param vitals how this server is
     */
    public Pulse(Duration timeout, Supplier<Vitals> vitals, Listener listener) {
        this.timeoutNanos = timeout.toNanos();
        this.vitals = Objects.requireNonNull(vitals, "vitals");
        this.listener = Objects.requireNonNull(listener, "listener");
    }

    /** What was last heard of a member of the view; empty when nothing was yet. */
    public Optional<Heard> heard(Address member) {
        return Optional.ofNullable(heard.get(member));
    }

    /**
     * How long ago a majority is known to have heard this server.
     *
     * @param voters the others whose echo counts
     * @param needed how many of them make a majority with this server
     */
    public Duration sinceMajority(Collection<Address> voters, int needed) {
        if (needed <= 0) {
            return Duration.ZERO;
        }
        List<Long> times = new ArrayList<>();
        synchronized (sent) {
            for (Address voter : voters) {
                Heard of = heard.get(voter);
                if (of != null && sent.containsKey(of.echo())) {
                    times.add(sent.get(of.echo()));
                }
            }
        }
        if (times.size() < needed) {
            return Duration.ofSeconds(Long.MAX_VALUE);
        }
        long now = System.nanoTime();
        times.sort((a, b) -> Long.compare(b - now, a - now));
        return Duration.ofNanos(now - times.get(needed - 1));
    }

    @Override
    public void start() throws Exception {
        super.start();
        Thread started = new Thread(this::run, "dkron-raft-pulse");
        started.setDaemon(true);
        started.setPriority(Thread.MAX_PRIORITY);
        thread = started;
        started.start();
    }

    @Override
    public void stop() {
        Thread running = thread;
        thread = null;
        if (running != null) {
            running.interrupt();
        }
        super.stop();
    }

    @Override
    public Object down(Event evt) {
        if (evt.getType() == Event.VIEW_CHANGE) {
            view(evt.getArg());
        }
        return down_prot.down(evt);
    }

    @Override
    public Object up(Message msg) {
        PulseHeader header = msg.getHeader(id);
        seen.put(msg.src(), System.nanoTime());
        if (header == null) {
            return up_prot.up(msg);
        }
        heard(msg.src(), header);
        return null;
    }

    @Override
    public void up(MessageBatch batch) {
        if (batch.sender() != null) {
            seen.put(batch.sender(), System.nanoTime());
        }
        for (var it = batch.iterator(); it.hasNext(); ) {
            Message msg = it.next();
            PulseHeader header = msg.getHeader(id);
            if (header != null) {
                it.remove();
                heard(msg.src(), header);
            }
        }
        if (!batch.isEmpty()) {
            up_prot.up(batch);
        }
    }

    private void heard(Address from, PulseHeader header) {
        if (from.equals(local_addr) || !members.contains(from)) {
            return;
        }
        heard.put(from, new Heard(header.vitals(), header.number(), header.echo(), System.nanoTime()));
        listener.heard(from, header.vitals());
    }

    private void view(View view) {
        List<Address> before = members;
        members = List.copyOf(view.getMembers());
        heard.keySet().retainAll(members);
        seen.keySet().retainAll(members);
        long now = System.nanoTime();
        members.stream().filter(member -> !before.contains(member)).forEach(member -> seen.put(member, now));
    }

    private void run() {
        long last = System.nanoTime();
        while (thread == Thread.currentThread()) {
            try {
                Thread.sleep(INTERVAL.toMillis());
            } catch (InterruptedException e) {
                return; // told to end
            }
            long now = System.nanoTime();
            if (now - last > 2 * INTERVAL.toNanos()) {
                members.forEach(member -> seen.put(member, now));
            }
            last = now;
            try {
                turn(now);
            } catch (RuntimeException e) {
                log.error("%s: a pulse failed: %s", local_addr, e);
            }
        }
    }

    private void turn(long now) {
        beat(now);
        Set<Address> silent = new LinkedHashSet<>();
        for (Address member : members) {
            Long at = seen.get(member);
            if (!member.equals(local_addr) && at != null && now - at > timeoutNanos) {
                silent.add(member);
            }
        }
        if (!silent.isEmpty()) {
            log.debug("%s: silent for too long: %s", local_addr, silent);
            up_prot.up(new Event(Event.SUSPECT, silent));
        }
        listener.turn();
    }

    private void beat(long now) {
        List<Address> to = members;
        if (to.size() < 2) {
            return;
        }
        Vitals own = vitals.get();
        long echo = heard.values().stream()
                .filter(h -> h.vitals().leads() && h.vitals().term() >= own.term())
                .mapToLong(Heard::number)
                .max()
                .orElse(0);
        synchronized (sent) {
            number++;
            sent.put(number, now);
            while (sent.size() > SENT_KEPT) {
                sent.pollFirstEntry();
            }
        }
        for (Address member : to) {
            if (!member.equals(local_addr)) {
                Message beat = new EmptyMessage(member)
                        .setFlag(Message.Flag.OOB, Message.Flag.DONT_BUNDLE, Message.Flag.NO_RELIABILITY)
                        .putHeader(id, new PulseHeader(own, number, echo));
                down_prot.down(beat);
            }
        }
    }
}
