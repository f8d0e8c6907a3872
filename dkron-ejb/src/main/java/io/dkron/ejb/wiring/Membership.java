package io.dkron.ejb.wiring;

import io.dkron.core.cluster.Member;
import io.dkron.ejb.leader.StoreWriter;
import io.dkron.ejb.service.ClusterService;
import io.dkron.ejb.service.ClusterService.ForgetAnswer;
import io.dkron.ejb.service.RaftOperations;
import io.dkron.ejb.service.ReadModel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** The cluster of one: this node, which leads while it holds the store's fence. */
final class Membership implements ClusterService.View {
    private final ReadModel model;
    private final StoreWriter writer;
    private final Predicate<String> executors;
    private volatile Optional<Member> self = Optional.empty();

    /** @param executors tells which executors this node has */
    Membership(ReadModel model, StoreWriter writer, Predicate<String> executors) {
        this.model = model;
        this.writer = writer;
        this.executors = executors;
    }

    void self(Member member) {
        self = Optional.of(member);
    }

    @Override
    public Member self() {
        return self.orElseThrow(() -> new IllegalStateException("the node has not started"));
    }

    @Override
    public List<Member> members() {
        return self.map(List::of).orElse(List.of());
    }

    @Override
    public Optional<Member> leader() {
        return model.loaded() && writer.trouble().isEmpty() ? self : Optional.empty();
    }

    @Override
    public long term() {
        return model.term();
    }

    @Override
    public boolean hasExecutor(String name) {
        return executors.test(name);
    }

    @Override
    public Map<String, Duration> clockOffsets() {
        return Map.of(); // there is no other clock
    }

    @Override
    public Optional<RaftOperations> raft() {
        return Optional.empty(); // one server alone writes its store without Raft
    }

    @Override
    public CompletionStage<ForgetAnswer> forget(String name) {
        boolean own = self().name().equals(name);
        return CompletableFuture.completedFuture(own ? ForgetAnswer.ALIVE : ForgetAnswer.UNKNOWN);
    }
}
