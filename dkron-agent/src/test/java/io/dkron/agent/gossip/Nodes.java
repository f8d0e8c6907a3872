package io.dkron.agent.gossip;

import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.config.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Gossiping nodes of one test, all on loopback; closed with it. */
final class Nodes implements AutoCloseable {
    static final GossipTiming FAST = new GossipTiming(
            Duration.ofMillis(100), Duration.ofMillis(600), Duration.ofSeconds(1), Duration.ofSeconds(30));

    private final List<Gossip> started = new ArrayList<>();
    final List<String> fatal = new CopyOnWriteArrayList<>();
    final List<String> reaped = new CopyOnWriteArrayList<>();

    /** A node that is yet to start. */
    final class Plan {
        private final String name;
        private String id;
        private long starts = 1;
        private int port;
        private boolean server;
        private Optional<String> cluster = Optional.empty();
        private final Map<String, String> attributes = new TreeMap<>();
        private List<HostPort> join = List.of();
        private Duration retry = Duration.ofMillis(300);
        private int retryMax;
        private Duration reconnect = Duration.ofHours(24);
        private GossipTiming timing = FAST;
        private Encryption encryption = Encryption.none();

        private Plan(String name) {
            this.name = name;
            this.id = "id-" + name;
        }

        Plan id(String newId) {
            id = newId;
            return this;
        }

        Plan starts(long number) {
            starts = number;
            return this;
        }

        Plan port(int number) {
            port = number;
            return this;
        }

        Plan server() {
            server = true;
            return this;
        }

        Plan cluster(String clusterId) {
            cluster = Optional.of(clusterId);
            return this;
        }

        Plan attribute(String key, String value) {
            attributes.put(key, value);
            return this;
        }

        Plan join(Gossip... others) {
            return joinPorts(
                    List.of(others).stream().map(g -> g.self().member().port()).toArray(Integer[]::new));
        }

        Plan joinPorts(Integer... ports) {
            join = List.of(ports).stream()
                    .map(p -> new HostPort("127.0.0.1", p))
                    .toList();
            return this;
        }

        Plan join(HostPort... addresses) {
            join = List.of(addresses);
            return this;
        }

        Plan retry(Duration pause) {
            retry = pause;
            return this;
        }

        Plan retryMax(int number) {
            retryMax = number;
            return this;
        }

        Plan reconnectTimeout(Duration timeout) {
            reconnect = timeout;
            return this;
        }

        Plan timing(GossipTiming times) {
            timing = times;
            return this;
        }

        Plan key(Encryption key) {
            encryption = key;
            return this;
        }

        Gossip start() {
            try {
                Member member = new Member(
                        id,
                        name,
                        "127.0.0.1",
                        0,
                        6868,
                        server,
                        new TreeMap<>(Map.of("role", "dkron")),
                        MemberStatus.ALIVE,
                        "journal-" + name);
                GossipConfig config = new GossipConfig(
                        InetAddress.getByName("127.0.0.1"), port, join, retry, retryMax, timing, reconnect, encryption);
                Gossip gossip = Gossip.start(
                        config, new Peer(member, starts, cluster, new TreeMap<>(attributes)), new GossipHost() {
                            @Override
                            public void fatal(String reason) {
                                fatal.add(name + "/" + id + "/" + starts + ": " + reason);
                            }

                            @Override
                            public void reaped(Peer peer) {
                                reaped.add(name + " forgot " + peer.member().name());
                            }
                        });
                synchronized (started) {
                    started.add(gossip);
                }
                return gossip;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    Plan node(String name) {
        return new Plan(name);
    }

    static MemberStatus seen(Gossip by, String name) {
        return by.named(name).map(p -> p.member().status()).orElse(MemberStatus.NONE);
    }

    @Override
    public void close() {
        started.parallelStream().forEach(Gossip::close);
    }
}
