package io.dkron.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TrustTest {
    private static final long LEASE = 1_000;

    private final Trust trust = new Trust(Duration.ofNanos(LEASE));

    @Test
    void p1ALeadBeginsWithoutTrustAndGetsItByACommit() {
        assertThat(trust.holds(0)).isFalse();
        trust.begun(10);
        assertThat(trust.holds(10)).isFalse();
        trust.acknowledged(20);
        assertThat(trust.holds(500)).isTrue();
        assertThat(trust.left(500)).isEqualTo(Duration.ofNanos(520));
        assertThat(trust.holds(1_020)).isFalse();
        assertThat(trust.left(2_000)).isEqualTo(Duration.ZERO);
    }

    @Test
    void p1TheInstantOfSendingCountsNotThatOfTheAnswer() {
        trust.begun(0);
        trust.acknowledged(100); // heard of at 5,000: the process had been stopped
        assertThat(trust.holds(5_000)).isFalse();
    }

    @Test
    void p1AnOldLeadsAcknowledgementProvesNothingAboutTheNext() {
        trust.begun(0);
        trust.acknowledged(100);
        trust.ended();
        assertThat(trust.holds(200)).isFalse();
        trust.acknowledged(150);
        assertThat(trust.holds(200)).isFalse();
        trust.begun(300);
        trust.acknowledged(250);
        assertThat(trust.holds(301)).isFalse();
    }

    @Test
    void aLeaseIsAboveZero() {
        assertThatThrownBy(() -> new Trust(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Against the definition: some commit of this lead, sent less than a lease ago, was acknowledged by now. */
    @Test
    void p1TrustHoldsExactlyWhileACommitOfThisLeadIsYoungerThanTheLease() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            Trust tried = new Trust(Duration.ofNanos(LEASE));
            long now = random.nextBoolean() ? Long.MAX_VALUE - 3_000 : random.nextLong(); // the clock may overflow
            List<Long> sent = new ArrayList<>(); // acknowledged ones of this lead
            List<Long> open = new ArrayList<>();
            boolean led = false;
            long begun = 0;
            for (int step = 0; step < 100; step++) {
                now += random.nextInt(400);
                switch (random.nextInt(6)) {
                    case 0 -> {
                        tried.begun(now);
                        led = true;
                        begun = now;
                        sent.clear();
                    }
                    case 1 -> {
                        if (random.nextInt(4) == 0) {
                            tried.ended();
                            led = false;
                        }
                    }
                    case 2, 3 -> open.add(now);
                    default -> {
                        if (!open.isEmpty()) {
                            long of = open.remove(random.nextInt(open.size()));
                            tried.acknowledged(of);
                            if (led && of - begun >= 0) {
                                sent.add(of);
                            }
                        }
                    }
                }
                long at = now;
                boolean expected = led && sent.stream().anyMatch(s -> at - s < LEASE);
                assertThat(tried.holds(now))
                        .as("seed %d round %d step %d", seed, round, step)
                        .isEqualTo(expected);
            }
        }
    }
}
