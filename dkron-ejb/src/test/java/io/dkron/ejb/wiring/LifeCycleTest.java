package io.dkron.ejb.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifeCycleTest {
    private final List<String> seen = new ArrayList<>();
    private final LifeCycle life = new LifeCycle("test");

    @Test
    void partsStopInReverseOrderAndOnce() {
        life.begin();
        part("a");
        part("b");
        life.running();
        life.stop();
        life.stop();
        assertThat(seen).containsExactly("+a", "+b", "-b", "-a");
        assertThat(life.state()).isEqualTo(LifeCycle.State.STOPPED);
    }

    @Test
    void aPartThatDoesNotStartStopsTheOnesBeforeIt() {
        life.begin();
        part("a");
        assertThatThrownBy(() -> life.start(
                        "b",
                        () -> {
                            throw new java.io.IOException("port in use");
                        },
                        () -> seen.add("-b")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("test: b did not start: port in use");
        assertThat(seen).containsExactly("+a", "-a");
        assertThatThrownBy(() -> part("c")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPartThatDoesNotStopDoesNotKeepTheOthersFromIt() {
        life.begin();
        part("a");
        life.start("b", () -> {}, () -> {
            throw new IllegalStateException("stuck");
        });
        life.running();
        life.stop();
        assertThat(seen).containsExactly("+a", "-a");
    }

    private void part(String name) {
        life.start(name, () -> seen.add("+" + name), () -> seen.add("-" + name));
    }
}
