package io.dkron.ejb.wiring;

import io.dkron.agent.gossip.Lead;
import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The members, for parts that are made before gossip is: until then nobody is known. */
final class LatePeers implements Peers {
    private final List<Watch> early = new ArrayList<>(); // guarded by this
    private volatile Optional<Peers> peers = Optional.empty();

    /** From now on. Called once. */
    void are(Peers started) {
        List<Watch> watches;
        synchronized (this) {
            peers = Optional.of(started);
            watches = List.copyOf(early);
        }
        watches.forEach(watch -> watch.begin(started));
    }

    @Override
    public Peer self() {
        return started().self();
    }

    @Override
    public List<Peer> all() {
        return peers.map(Peers::all).orElse(List.of());
    }

    @Override
    public Optional<Lead> lead() {
        return peers.flatMap(Peers::lead);
    }

    @Override
    public void update(UnaryOperator<Peer> change) {
        started().update(change);
    }

    @Override
    public void claim(Optional<Lead> lead) {
        started().claim(lead);
    }

    @Override
    public AutoCloseable onChange(Runnable callback) {
        Watch watch = new Watch(callback);
        Optional<Peers> now;
        synchronized (this) {
            now = peers;
            if (now.isEmpty()) {
                early.add(watch);
            }
        }
        now.ifPresent(watch::begin);
        return watch;
    }

    private Peers started() {
        return peers.orElseThrow(() -> new IllegalStateException("gossip has not started"));
    }

    /** A callback that may have been closed before there was anything to watch. */
    private static final class Watch implements AutoCloseable {
        private final Runnable callback;
        private Optional<AutoCloseable> begun = Optional.empty();
        private boolean closed;

        private Watch(Runnable callback) {
            this.callback = callback;
        }

        private synchronized void begin(Peers peers) {
            if (!closed) {
                begun = Optional.of(peers.onChange(callback));
            }
        }

        @Override
        public synchronized void close() throws Exception {
            closed = true;
            if (begun.isPresent()) {
                begun.get().close();
            }
        }
    }
}
