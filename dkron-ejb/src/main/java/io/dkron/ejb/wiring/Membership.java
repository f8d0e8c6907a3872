package io.dkron.ejb.wiring;

import io.dkron.agent.gossip.Peer;
import io.dkron.core.cluster.Member;
import io.dkron.core.executor.ConfigKey;
import io.dkron.ejb.leader.OwnAgent;
import io.dkron.ejb.leader.StoreWriter;
import io.dkron.ejb.service.ClusterService;
import io.dkron.ejb.service.Installed;
import io.dkron.ejb.service.RaftOperations;
import io.dkron.ejb.service.ReadModel;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The cluster as gossip, the election and the store's copy show it here. */
final class Membership implements ClusterService.View {
    private final ClusterPart cluster;
    private final OwnAgent agent;
    private final ReadModel model;
    private final StoreWriter writer;
    private final Supplier<Map<String, Duration>> clocks;
    private final ExecutorService workers;

    /** @param clocks how far the clocks of other servers are ahead, by name */
    Membership(
            ClusterPart cluster,
            OwnAgent agent,
            ReadModel model,
            StoreWriter writer,
            Supplier<Map<String, Duration>> clocks,
            ExecutorService workers) {
        this.cluster = cluster;
        this.agent = agent;
        this.model = model;
        this.writer = writer;
        this.clocks = clocks;
        this.workers = workers;
    }

    @Override
    public Member self() {
        return cluster.peers().self().member();
    }

    @Override
    public List<Member> members() {
        return cluster.peers().all().stream().map(Peer::member).toList();
    }

    /** {@inheritDoc} A claim of this node counts while its engine has what the store holds. */
    @Override
    public Optional<Member> leader() {
        return cluster.peers()
                .leader()
                .map(Peer::member)
                .filter(leader -> !leader.id().equals(self().id())
                        || model.loaded() && writer.trouble().isEmpty());
    }

    @Override
    public long term() {
        return model.term();
    }

    @Override
    public boolean hasExecutor(String name) {
        return offers().containsKey(name);
    }

    @Override
    public List<Installed> executors() {
        Map<String, List<ConfigKey>> own = agent.executors();
        return offers().entrySet().stream()
                .map(each -> new Installed(
                        each.getKey(), own.getOrDefault(each.getKey(), List.of()), List.copyOf(each.getValue())))
                .toList();
    }

    @Override
    public List<Installed> processors() {
        List<String> here = List.of(self().name());
        return agent.processors().entrySet().stream()
                .map(each -> new Installed(each.getKey(), each.getValue(), here))
                .sorted(Comparator.comparing(Installed::name))
                .toList();
    }

    /** Names of executors, each with those of the live members that have it. */
    private SortedMap<String, SortedSet<String>> offers() {
        SortedMap<String, SortedSet<String>> offers = new TreeMap<>();
        for (Peer peer : cluster.peers().all()) {
            if (peer.member().alive()) {
                Stream.of(peer.attribute(Peer.EXECUTORS).orElse("").split(","))
                        .filter(name -> !name.isEmpty())
                        .forEach(name -> offers.computeIfAbsent(name, any -> new TreeSet<>())
                                .add(peer.member().name()));
            }
        }
        return offers;
    }

    @Override
    public Map<String, Duration> clockOffsets() {
        return clocks.get();
    }

    @Override
    public Optional<RaftOperations> raft() {
        return cluster.raft();
    }

    @Override
    public CompletionStage<ClusterService.ForgetAnswer> forget(String name) {
        return CompletableFuture.supplyAsync(() -> cluster.forget(name), workers);
    }
}
