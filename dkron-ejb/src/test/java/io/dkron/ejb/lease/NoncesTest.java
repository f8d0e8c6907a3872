package io.dkron.ejb.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoncesTest {
    @TempDir
    Path folder;

    private final AtomicInteger made = new AtomicInteger();

    @Test
    void theNewestAreKnownAgainAfterARestart() throws Exception {
        Nonces first = open();
        for (int i = 0; i < 20; i++) {
            assertThat(first.mine(first.next())).isTrue();
        }
        Nonces second = open();
        assertThat(second.mine("n20")).isTrue();
        assertThat(second.mine("n5")).isTrue();
        assertThat(second.mine("n4")).as("too old").isFalse();
        assertThat(second.mine("another's")).isFalse();
    }

    @Test
    void oneThatCannotBeKeptIsNotUsed() throws Exception {
        Nonces nonces = open();
        String kept = nonces.next();
        Files.delete(folder.resolve("leads"));
        Files.createDirectories(folder.resolve("leads").resolve("in-the-way"));
        assertThatThrownBy(nonces::next).isInstanceOf(UncheckedIOException.class);
        assertThat(nonces.mine(kept)).isTrue();
        assertThat(nonces.mine("n2")).isFalse();
    }

    private Nonces open() throws Exception {
        return Nonces.open(folder.resolve("leads"), () -> "n" + made.incrementAndGet());
    }
}
