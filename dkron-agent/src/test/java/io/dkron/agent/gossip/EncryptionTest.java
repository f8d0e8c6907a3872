package io.dkron.agent.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EncryptionTest {
    private static final Encryption KEY = key(1);
    private static final Encryption OTHER = key(2);

    private final Nodes nodes = new Nodes();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Logger logger = Logger.getLogger(SecuredProtocol.class.getName());
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            log.add(line.getMessage());
        }

        @Override
        public void flush() {
            // nothing is kept
        }

        @Override
        public void close() {
            // nothing is open
        }
    };

    private static Encryption key(int filling) {
        byte[] bytes = new byte[16];
        java.util.Arrays.fill(bytes, (byte) filling);
        return Encryption.of(Base64.getEncoder().encodeToString(bytes));
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20));
    }

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
    }

    @AfterEach
    void stop() {
        nodes.close();
        logger.removeHandler(handler);
    }

    @Test
    void membersWithOneKeyMeet() {
        Gossip a = nodes.node("a").key(KEY).start();
        Gossip b = nodes.node("b").key(KEY).join(a).start();

        soon().untilAsserted(() -> assertThat(a.all()).hasSize(2));
        soon().untilAsserted(() -> assertThat(b.all()).hasSize(2));
        assertThat(log).isEmpty();
    }

    @Test
    void anotherKeyIsRefusedAndBothSidesSaySo() {
        Gossip a = nodes.node("a").key(KEY).start();
        Gossip b = nodes.node("b").key(OTHER).join(a).start();

        soon().untilAsserted(() -> assertThat(log)
                .anyMatch(line -> line.startsWith("node refused") && line.contains("key differs"))
                .anyMatch(line -> line.startsWith("this node was refused") && line.contains("key differs")));
        assertThat(a.all()).hasSize(1);
        assertThat(b.all()).hasSize(1);
    }

    @Test
    void aNodeWithoutAKeyIsRefusedAndBothSidesSaySo() {
        Gossip a = nodes.node("a").key(KEY).start();
        Gossip b = nodes.node("b").join(a).start();

        soon().untilAsserted(() -> assertThat(log)
                .anyMatch(line -> line.startsWith("node refused") && line.contains("does not encrypt"))
                .anyMatch(line -> line.startsWith("this node was refused") && line.contains("it has --encrypt set")));
        assertThat(a.all()).hasSize(1);
        assertThat(b.all()).hasSize(1);
    }

    @Test
    void aNodeWithAKeyIsRefusedByOneWithout() {
        Gossip a = nodes.node("a").start();
        nodes.node("b").key(KEY).join(a).start();

        soon().untilAsserted(() -> assertThat(log)
                .anyMatch(line -> line.startsWith("node refused") && line.contains("it encrypts"))
                .anyMatch(line -> line.startsWith("this node was refused") && line.contains("it has no --encrypt")));
        assertThat(a.all()).hasSize(1);
    }

    @Test
    void eachPurposeHasAKeyOfItsOwnAndKeysHaveThreeLengths() {
        assertThat(KEY.derive("rpc").orElseThrow())
                .hasSize(16)
                .isEqualTo(key(1).derive("rpc").orElseThrow())
                .isNotEqualTo(KEY.derive("raft").orElseThrow())
                .isNotEqualTo(OTHER.derive("rpc").orElseThrow());
        assertThat(Encryption.of("").derive("rpc")).isEmpty();
        assertThatThrownBy(() -> Encryption.of("bm90IGEga2V5")).isInstanceOf(IllegalArgumentException.class);
        assertThat(KEY).hasToString("encrypted");
    }
}
