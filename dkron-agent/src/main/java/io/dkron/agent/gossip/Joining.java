package io.dkron.agent.gossip;

import io.dkron.core.config.HostPort;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jgroups.stack.IpAddress;

/** Knocks at the addresses to join, again and again while this node is alone. Looks up names anew each time. */
final class Joining implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Gossip.class.getName());
    private static final long ANSWER_MILLIS = 2_000;

    private final GossipConfig config;
    private final IpAddress self;
    private final Door door;
    private final Map<IpAddress, String> failures = new ConcurrentHashMap<>();
    private final Set<IpAddress> own = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "dkron-gossip-join");
        made.setDaemon(true);
        return made;
    });
    private volatile boolean joined;
    private int tries;

    /** Where joining knocks. */
    interface Door {
        void knock(IpAddress address);

        void gaveUp(String reason);

        boolean alone();

        void joinedChanged();
    }

    Joining(GossipConfig config, IpAddress self, Door door) {
        this.config = config;
        this.self = self;
        this.door = door;
        own.add(self);
        joined = config.join().isEmpty();
    }

    void start() {
        if (!config.join().isEmpty()) {
            long pause = config.retryInterval().toMillis();
            thread.scheduleWithFixedDelay(this::attempt, 0, Math.max(100, pause), TimeUnit.MILLISECONDS);
        }
    }

    boolean joined() {
        return joined;
    }

    /** Others are there. */
    void met() {
        joined = true;
    }

    /** That address is this node's. */
    void own(IpAddress address) {
        own.add(address);
    }

    void failed(IpAddress address, String reason) {
        failures.put(address, reason);
    }

    private void attempt() {
        try {
            if (!door.alone()) {
                return;
            }
            tries++;
            failures.clear();
            Map<HostPort, String> unknown = new LinkedHashMap<>();
            Set<IpAddress> addresses = lookUp(unknown);
            addresses.removeAll(own);
            addresses.forEach(door::knock);
            thread.schedule(() -> judge(addresses, unknown), ANSWER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a try to join failed", e);
        }
    }

    private Set<IpAddress> lookUp(Map<HostPort, String> unknown) {
        Set<IpAddress> addresses = new LinkedHashSet<>();
        for (HostPort each : config.join()) {
            try {
                for (InetAddress address : InetAddress.getAllByName(each.host())) {
                    addresses.add(new IpAddress(address, each.port()));
                }
            } catch (UnknownHostException e) {
                unknown.put(each, "no such host");
            }
        }
        return addresses;
    }

    private void judge(Set<IpAddress> addresses, Map<HostPort, String> unknown) {
        addresses.removeAll(own);
        if (!door.alone()) {
            return;
        }
        if (addresses.isEmpty() && unknown.isEmpty()) {
            if (!joined) {
                joined = true; // only this node itself stands in the list
                door.joinedChanged();
            }
            return;
        }
        String reasons = addresses.stream()
                .map(a -> a + ": " + failures.getOrDefault(a, "no answer"))
                .collect(Collectors.joining(", "));
        String all = unknown.isEmpty() ? reasons : reasons + (reasons.isEmpty() ? "" : ", ") + unknown;
        LOG.log(
                Level.WARNING,
                "joined nobody try=" + tries + " next=" + config.retryInterval().toSeconds() + "s reason=\"" + all
                        + "\"");
        if (!joined && config.retryMax() > 0 && tries >= config.retryMax()) {
            door.gaveUp("--retry-join: joined nobody in " + tries + " tries (--retry-max): " + all);
        }
    }

    IpAddress self() {
        return self;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
