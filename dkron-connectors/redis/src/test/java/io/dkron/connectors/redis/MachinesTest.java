package io.dkron.connectors.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.store.StoreException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachinesTest {
    @Test
    void nothingMeansThisMachine() {
        assertThat(Machines.of(List.of()))
                .isEqualTo(new Machines(List.of(new Address("127.0.0.1", 6379)), "", 0, false));
    }

    @Test
    void aMachineHasPortDatabaseAndTls() {
        assertThat(Machines.of(List.of("rediss://[::1]:7000/3")))
                .isEqualTo(new Machines(List.of(new Address("::1", 7000)), "", 3, true));
        assertThat(Machines.of(List.of("https://redis.example")).tls()).isTrue();
        assertThat(Machines.of(List.of("http://redis.example:1")).tls()).isFalse();
    }

    @Test
    void sentinelsMayBeOneTextOrSeveral() {
        Machines expected =
                new Machines(List.of(new Address("s1", 26379), new Address("s2", 7000)), "mymaster", 0, false);
        assertThat(Machines.of(List.of("redis-sentinel://s1,s2:7000#mymaster"))).isEqualTo(expected);
        assertThat(Machines.of(List.of("redis-sentinel://s1", "s2:7000#mymaster")))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://", "host:port", "a b", "host:0", "host:65536", "ftp://host", "host/x"})
    void whatHasAnotherFormIsNamed(String machine) {
        assertThatThrownBy(() -> Machines.of(List.of(machine)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(machine)
                .hasMessageContaining("redis-sentinel://");
    }

    @Test
    void aPasswordIsNotShown() {
        assertThatThrownBy(() -> Machines.of(List.of("redis://me:secret@host")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("backend-password")
                .hasMessageNotContaining("secret");
    }

    @Test
    void twoMastersAreOneTooMany() {
        assertThatThrownBy(() -> Machines.of(List.of("s1#a", "s2#b"))).hasMessageContaining("[a, b]");
    }
}
