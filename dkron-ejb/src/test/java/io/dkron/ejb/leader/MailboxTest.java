package io.dkron.ejb.leader;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MailboxTest {
    @Tag("F75")
    @Test
    void requestsAreRefusedWhenItIsFullAndOutcomesAreNot() {
        Mailbox<Integer> box = new Mailbox<>(2, System::nanoTime);
        assertThat(box.offer(1)).isTrue();
        assertThat(box.offer(2)).isTrue();
        assertThat(box.offer(3)).isFalse();
        box.put(4);
        List<Integer> taken = new ArrayList<>();
        box.drain(taken, 10, System.nanoTime());
        assertThat(taken).containsExactly(1, 2, 4);
        assertThat(box.offer(5)).isTrue();
    }

    @Test
    void aTurnTakesNoMoreThanItsLimit() {
        Mailbox<Integer> box = new Mailbox<>(10, System::nanoTime);
        for (int i = 0; i < 5; i++) {
            box.put(i);
        }
        List<Integer> taken = new ArrayList<>();
        box.drain(taken, 3, System.nanoTime());
        assertThat(taken).containsExactly(0, 1, 2);
        assertThat(box.size()).isEqualTo(2);
    }

    @Test
    void theReaderReturnsAtItsDeadlineWithNothing() {
        Mailbox<Integer> box = new Mailbox<>(10, System::nanoTime);
        List<Integer> taken = new ArrayList<>();
        assertThat(box.drain(taken, 3, System.nanoTime() + 1_000_000)).isTrue();
        assertThat(taken).isEmpty();
    }

    @Test
    void noLetterOfManyWritersIsLost() throws Exception {
        Mailbox<Integer> box = new Mailbox<>(1_000_000, System::nanoTime);
        int writers = 4;
        int each = 20_000;
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int w = 0; w < writers; w++) {
            int base = w * each;
            Thread thread = new Thread(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
                for (int i = 0; i < each; i++) {
                    box.put(base + i);
                }
            });
            thread.start();
            threads.add(thread);
        }
        go.countDown();
        Set<Integer> seen = new HashSet<>();
        long giveUp = System.nanoTime() + 30_000_000_000L;
        while (seen.size() < writers * each && System.nanoTime() < giveUp) {
            List<Integer> taken = new ArrayList<>();
            box.drain(taken, 100, giveUp);
            seen.addAll(taken);
        }
        assertThat(seen).hasSize(writers * each);
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
