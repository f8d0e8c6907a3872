package io.dkron.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dkron.tests.support.Command;
import io.dkron.tests.support.Namespaces;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the tests of partitions rest on: links that are cut, deaf one way, lossy and slow, on this very machine. */
class NamespacesIT {
    @Test
    void linksAreCutDeafLossySlowAndHealed() throws Exception {
        Optional<String> why = Namespaces.impossible();
        assumeTrue(why.isEmpty(), () -> why.orElse(""));
        try (Namespaces network = Namespaces.create()) {
            Namespaces.Host a = network.host(60);
            Namespaces.Host b = network.host(60);
            Namespaces.Host c = network.host(0);
            Process listener = new ProcessBuilder(a.in(
                            "python3",
                            "-c",
                            "import socket\ns=socket.create_server(('', 9))\nwhile 1: s.accept()[0].close()"))
                    .inheritIO()
                    .start();
            try {
                await().atMost(Duration.ofSeconds(20)).until(() -> reaches(b, a));
                assertThat(reaches(c, a)).isTrue();

                network.cut(List.of(a), List.of(b));
                assertThat(reaches(b, a)).isFalse();
                assertThat(reaches(c, a)).isTrue();
                network.heal();
                assertThat(reaches(b, a)).isTrue();

                b.deafTo(a);
                assertThat(reaches(b, a)).isFalse();
                assertThat(reaches(c, a)).isTrue();
                network.heal();

                a.losesFrom(b);
                int lost = 0;
                for (int i = 0; i < 12; i++) {
                    lost += reaches(b, a) ? 0 : 1;
                }
                assertThat(lost).isPositive();
                network.heal();

                a.slow(50);
                await().atMost(Duration.ofSeconds(20)).until(() -> reaches(b, a));
                network.heal();

                String before = a.address();
                a.readdress(77);
                assertThat(a.address()).isNotEqualTo(before).endsWith(".77");
                assertThat(reaches(b, a)).isTrue();
            } finally {
                listener.destroyForcibly().waitFor();
            }
        }
    }

    private static boolean reaches(Namespaces.Host from, Namespaces.Host to) {
        return Command.attempt(from.in("timeout", "0.5", "bash", "-c", "exec 3<>/dev/tcp/" + to.address() + "/9"))
                .ok();
    }
}
