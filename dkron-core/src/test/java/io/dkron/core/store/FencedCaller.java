package io.dkron.core.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Commits as a leader does: numbers under a fence. Each batch compares the fence, writes it with the next number, and puts
 * the number under a key of its own; a batch of unknown outcome is settled before the next (protocol P4). Run by one
 * thread; {@link #stop} and {@link #acknowledged} are for any.
 */
public final class FencedCaller implements Callable<Void> {
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final Store store;
    private final String prefix;
    private final Set<Integer> there = new HashSet<>();
    private final Set<Integer> absent = new HashSet<>();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private volatile boolean stopped;
    private int next;
    private long fence = Batch.ABSENT;

    /** @param prefix of its keys; nobody else writes under it */
    public FencedCaller(Store store, String prefix) {
        this.store = store;
        this.prefix = prefix;
    }

    /** Commits until it is told to stop, or a result cannot be right. */
    @Override
    public Void call() {
        while (!stopped) {
            commitOnce();
        }
        return null;
    }

    public void stop() {
        stopped = true;
    }

    /** How many batches were committed. */
    public int acknowledged() {
        return acknowledged.get();
    }

    /** Commits the next number, and settles it where its outcome is unknown. */
    public void commitOnce() {
        int number = next++;
        CommitResult result = store.commit(new Batch()
                .expect(prefix + "/fence", fence)
                .put(prefix + "/fence", bytes("batch " + number))
                .put(key(number), bytes("" + number)));
        if (result instanceof CommitResult.Committed c) {
            fence = c.version();
            there.add(number);
            acknowledged.incrementAndGet();
        } else if (result instanceof CommitResult.Failed) {
            absent.add(number);
            pauseBriefly();
        } else if (result instanceof CommitResult.Unknown) {
            settle(number);
        } else {
            fail("batch %d: %s although nobody else writes, fence %d", number, result, fence);
        }
    }

    private void settle(int number) {
        String mark = "settled " + number;
        long giveUp = System.nanoTime() + LONGEST.toNanos();
        while (System.nanoTime() < giveUp) {
            CommitResult result =
                    store.commit(new Batch().expect(prefix + "/fence", fence).put(prefix + "/fence", bytes(mark)));
            if (result instanceof CommitResult.Committed c) {
                fence = c.version();
                absent.add(number);
                return;
            }
            if (result instanceof CommitResult.Refused r) {
                Entry now = fence(giveUp);
                assertThat(now.version()).isEqualTo(r.actual());
                fence = now.version();
                boolean mine = new String(now.value(), UTF_8).equals(mark); // an earlier try of these
                (mine ? absent : there).add(number);
                return;
            }
            pauseBriefly();
        }
        fail("batch %d could not be settled", number);
    }

    private Entry fence(long giveUp) {
        while (true) {
            try {
                return store.get(prefix + "/fence").orElseThrow();
            } catch (StoreException e) {
                if (System.nanoTime() > giveUp) {
                    throw e;
                }
                pauseBriefly();
            }
        }
    }

    /** Fails unless all that was acknowledged or settled as applied is there, and nothing that failed or never applied. */
    public void check(Store fresh) {
        Set<String> found = new HashSet<>();
        String after = "";
        Page page;
        do {
            page = fresh.list(prefix + "/n/", after, 500);
            page.entries().forEach(entry -> found.add(entry.key()));
            after = page.entries().get(page.entries().size() - 1).key();
        } while (page.more());
        assertThat(found)
                .as("acknowledged or settled as applied")
                .containsAll(there.stream().map(this::key).toList());
        assertThat(absent.stream().map(this::key))
                .as("failed or settled as never applied")
                .noneMatch(found::contains);
    }

    private String key(int number) {
        return String.format("%s/n/%06d", prefix, number);
    }

    /** Waits until each committed some more, or one ended, which it does by a failure. */
    public static void awaitProgress(List<FencedCaller> callers, List<Future<Void>> runs) {
        List<Integer> goals =
                callers.stream().map(caller -> caller.acknowledged() + 25).toList();
        long giveUp = System.nanoTime() + LONGEST.toNanos();
        while (!reached(callers, goals) && runs.stream().noneMatch(Future::isDone)) {
            if (System.nanoTime() > giveUp) {
                fail("not every caller committed again within " + LONGEST);
            }
            pauseBriefly();
        }
    }

    private static boolean reached(List<FencedCaller> callers, List<Integer> goals) {
        for (int i = 0; i < goals.size(); i++) {
            if (callers.get(i).acknowledged() < goals.get(i)) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static void pauseBriefly() {
        try {
            Thread.sleep(10); // between two tries
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
