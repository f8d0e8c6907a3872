package io.dkron.agent.gossip;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jgroups.stack.IpAddress;

/**
 * Finds members that are gone: asks the watched ones for a sign of life on a thread of its own, has others ask when there is
 * none, and reports a member when neither helped. Time that this node itself lost, paused or on a busy machine, is not held
 * against the others.
 */
final class Heartbeats implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Heartbeats.class.getName());
    private static final int HELPERS = 3;

    private final GossipTiming timing;
    private final Links links;
    private final Map<String, Long> heard = new ConcurrentHashMap<>();
    private final Map<String, Long> extra = new ConcurrentHashMap<>();
    private final Map<String, Long> lost = new ConcurrentHashMap<>();
    private final Map<String, Map<IpAddress, Long>> askers = new ConcurrentHashMap<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "dkron-gossip-heartbeat");
        made.setDaemon(true);
        made.setPriority(Thread.MAX_PRIORITY);
        return made;
    });
    private volatile List<Entry> watched = List.of();
    private volatile List<Entry> others = List.of();
    private long lastBeat = System.nanoTime();

    /** What heartbeats need of the rest. */
    interface Links {
        void ping(Entry target);

        void ask(Entry helper, Entry target);

        void answered(IpAddress asker, Entry target);

        void failed(Entry member, String cause);
    }

    Heartbeats(GossipTiming timing, Links links) {
        this.timing = timing;
        this.links = links;
    }

    void start() {
        long probe = timing.probe().toNanos();
        thread.scheduleWithFixedDelay(
                this::beat, ThreadLocalRandom.current().nextLong(probe), probe, TimeUnit.NANOSECONDS);
    }

    /** The members changed. */
    void watch(List<Entry> newWatched, List<Entry> newOthers) {
        long now = System.nanoTime();
        List<Entry> before = watched;
        newWatched.stream()
                .filter(e -> before.stream().noneMatch(e::sameProcess))
                .forEach(e -> heard.put(e.id(), now));
        others = newOthers;
        watched = newWatched;
        heard.keySet().removeIf(id -> newOthers.stream().noneMatch(e -> e.id().equals(id)));
        extra.keySet().removeIf(id -> newOthers.stream().noneMatch(e -> e.id().equals(id)));
    }

    /** A sign of life of a member, of the process that is known. */
    void heard(Entry member) {
        heard.put(member.id(), System.nanoTime());
        lost.remove(member.id());
        Map<IpAddress, Long> asked = askers.remove(member.id());
        if (asked != null) {
            asked.keySet().forEach(asker -> links.answered(asker, member));
        }
    }

    /** Somebody has doubts of a member: asks it now and watches it for a while. */
    void doubt(Entry member) {
        long now = System.nanoTime();
        if (extra.putIfAbsent(member.id(), now + timing.timeout().toNanos() * 3) == null) {
            heard.putIfAbsent(member.id(), now);
        }
        links.ping(member);
    }

    /** Another member wants to know. */
    void askFor(Entry target, IpAddress asker) {
        askers.computeIfAbsent(target.id(), id -> new ConcurrentHashMap<>()).put(asker, System.nanoTime());
        links.ping(target);
    }

    /** Whether a sign of life of it is so fresh that somebody else's lack of one says nothing of it. */
    boolean heardLately(Entry member) {
        Long at = heard.get(member.id());
        return at != null && System.nanoTime() - at < timing.timeout().toNanos() / 2;
    }

    /** The connection to a member ended without a farewell, or somebody says that it is gone: so it is if nobody listens there. */
    void suspect(Entry member) {
        lost.put(member.id(), System.nanoTime());
        doubt(member);
    }

    /** Nobody listens where a member was: with its connection lost just before, that is its end. */
    void nobodyAt(Entry member) {
        Long since = lost.get(member.id());
        if (since != null && System.nanoTime() - since < timing.timeout().toNanos()) {
            lost.remove(member.id());
            links.failed(member, "its connection closed and nothing listens there any more");
        }
    }

    private void beat() {
        try {
            round();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a round of heartbeats failed", e); // the next one must come
        }
    }

    private void round() {
        long now = System.nanoTime();
        long late = now - lastBeat - timing.probe().toNanos();
        lastBeat = now;
        if (late > 0) {
            heard.replaceAll((id, at) -> Math.min(now, at + late));
        }
        extra.values().removeIf(end -> now - end > 0);
        askers.values()
                .removeIf(asked -> asked.values().stream()
                        .allMatch(at -> now - at > timing.timeout().toNanos()));
        for (Entry member : targets()) {
            check(member, now);
        }
    }

    private List<Entry> targets() {
        List<Entry> targets = new ArrayList<>(watched);
        for (Entry other : others) {
            if (extra.containsKey(other.id()) && targets.stream().noneMatch(other::sameProcess)) {
                targets.add(other);
            }
        }
        return targets;
    }

    private void check(Entry member, long now) {
        long silence = now - Optional.ofNullable(heard.get(member.id())).orElse(now);
        if (silence > timing.timeout().toNanos()) {
            Duration quiet = Duration.ofNanos(silence);
            links.failed(member, "no sign of life for %.1f s".formatted(quiet.toMillis() / 1000.0));
            return;
        }
        links.ping(member);
        if (silence > timing.timeout().toNanos() / 2) {
            List<Entry> helpers = new ArrayList<>(others);
            helpers.removeIf(member::sameProcess);
            Collections.shuffle(helpers);
            helpers.stream().limit(HELPERS).forEach(helper -> links.ask(helper, member));
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
