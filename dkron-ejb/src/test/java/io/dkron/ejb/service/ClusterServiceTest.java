package io.dkron.ejb.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.ejb.service.ClusterService.ForgetAnswer;
import io.dkron.ejb.service.ClusterService.LeaveAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ClusterServiceTest {
    private final List<Member> members = new ArrayList<>();
    private final AtomicInteger left = new AtomicInteger();
    private Optional<Member> leader = Optional.empty();

    private final ClusterService cluster = new ClusterService(new View(), new Ready(), "embedded", () -> {
        left.incrementAndGet();
        return CompletableFuture.completedFuture(LeaveAnswer.LEFT);
    });

    private final class View implements ClusterService.View {
        @Override
        public Member self() {
            return members.get(0);
        }

        @Override
        public List<Member> members() {
            return List.copyOf(members);
        }

        @Override
        public Optional<Member> leader() {
            return leader;
        }

        @Override
        public long term() {
            return 7;
        }

        @Override
        public boolean hasExecutor(String name) {
            return false;
        }

        @Override
        public List<Installed> executors() {
            return List.of();
        }

        @Override
        public List<Installed> processors() {
            return List.of();
        }

        @Override
        public Map<String, Duration> clockOffsets() {
            return Map.of();
        }

        @Override
        public Optional<RaftOperations> raft() {
            return Optional.empty();
        }

        @Override
        public CompletionStage<ForgetAnswer> forget(String name) {
            return CompletableFuture.completedFuture(ForgetAnswer.UNKNOWN);
        }
    }

    private static Member member(String name, boolean server, MemberStatus status, String region) {
        TreeMap<String, String> tags = new TreeMap<>(Map.of("role", "web", "region", region));
        return new Member(name + "-id", name, "127.0.0.1", 8946, 6868, server, tags, status, "j");
    }

    private void with(Member... all) {
        members.addAll(List.of(all));
    }

    private LeaveAnswer leave() {
        return cluster.leave().toCompletableFuture().join();
    }

    @Test
    void theLastServerDoesNotLeaveItsAgentsAlone() {
        with(
                member("s1", true, MemberStatus.ALIVE, "eu"),
                member("s2", true, MemberStatus.FAILED, "eu"),
                member("a1", false, MemberStatus.ALIVE, "eu"));
        assertThat(leave()).isEqualTo(LeaveAnswer.LAST_SERVER);
        assertThat(left).hasValue(0);
    }

    @Test
    void aServerLeavesWhenAnotherIsAliveOrWhenItIsAlone() {
        with(member("s1", true, MemberStatus.ALIVE, "eu"));
        assertThat(leave()).isEqualTo(LeaveAnswer.LEFT);
        with(member("a1", false, MemberStatus.FAILED, "eu"));
        assertThat(leave()).isEqualTo(LeaveAnswer.LEFT);
        with(member("a2", false, MemberStatus.ALIVE, "eu"), member("s2", true, MemberStatus.ALIVE, "eu"));
        assertThat(leave()).isEqualTo(LeaveAnswer.LEFT);
        assertThat(left).hasValue(3);
    }

    @Test
    void thoseMatchThatAreAliveInTheLeadersRegionAndCarryEveryTag() {
        with(
                member("s1", true, MemberStatus.ALIVE, "eu"),
                member("s2", true, MemberStatus.ALIVE, "us"),
                member("a2", false, MemberStatus.ALIVE, "us"),
                member("a3", false, MemberStatus.LEFT, "us"));
        leader = Optional.of(members.get(1));
        assertThat(cluster.match(new TreeMap<>(Map.of("role", "web:1"))))
                .extracting(Member::name)
                .containsExactly("a2", "s2");
        assertThat(cluster.match(new TreeMap<>(Map.of("role", "db")))).isEmpty();
        leader = Optional.empty();
        assertThat(cluster.match(new TreeMap<>())).extracting(Member::name).containsExactly("s1");
    }

    private static final class Ready implements Readiness {
        @Override
        public Optional<String> storeTrouble() {
            return Optional.empty();
        }

        @Override
        public List<String> reasons() {
            return List.of();
        }

        @Override
        public boolean started() {
            return true;
        }

        @Override
        public boolean stopping() {
            return false;
        }
    }
}
