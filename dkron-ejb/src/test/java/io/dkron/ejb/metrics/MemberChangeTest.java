package io.dkron.ejb.metrics;

import static io.dkron.core.cluster.MemberStatus.ALIVE;
import static io.dkron.core.cluster.MemberStatus.FAILED;
import static io.dkron.core.cluster.MemberStatus.LEAVING;
import static io.dkron.core.cluster.MemberStatus.LEFT;
import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MemberChangeTest {
    private static Member member(String name, MemberStatus status, String role) {
        return new Member(
                name + "-id", name, "127.0.0.1", 8946, 6868, true, new TreeMap<>(Map.of("role", role)), status, "j");
    }

    private static Member member(String name, MemberStatus status) {
        return member(name, status, "web");
    }

    @Tag("F40")
    @Test
    void eachChangeIsCountedOnceUnderWhatItLedTo() {
        List<Member> before = List.of(
                member("a", ALIVE), member("b", ALIVE), member("c", ALIVE), member("d", LEFT), member("e", FAILED));
        List<Member> after = List.of(
                member("a", ALIVE, "db"),
                member("b", FAILED),
                member("c", LEAVING),
                member("e", ALIVE),
                member("f", ALIVE));
        assertThat(MemberChange.between(before, after))
                .containsExactly(
                        MemberChange.UPDATE,
                        MemberChange.FAILED,
                        MemberChange.JOIN,
                        MemberChange.JOIN,
                        MemberChange.REAP);
    }

    @Test
    void nothingChangedIsNothing() {
        List<Member> members = List.of(member("a", ALIVE), member("b", FAILED));
        assertThat(MemberChange.between(members, members)).isEmpty();
        assertThat(MemberChange.between(List.of(), List.of())).isEmpty();
    }
}
