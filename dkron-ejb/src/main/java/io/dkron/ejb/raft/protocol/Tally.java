package io.dkron.ejb.raft.protocol;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;

/** The answers to one question, by sender. */
final class Tally {
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final long round;
    private final Map<Address, ElectionMessage> answers = new HashMap<>();
    private boolean ended;

    Tally(long round) {
        this.round = round;
    }

    long round() {
        return round;
    }

    synchronized void add(Address from, ElectionMessage answer) {
        if (answer.round() == round) {
            answers.put(from, answer);
            notifyAll();
        }
    }

    /** Nobody needs to wait for more answers. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    synchronized Map<Address, ElectionMessage> answers() {
        return Map.copyOf(answers);
    }

    /**
     * Waits until all have answered, or {@code enough} have and the others took too long, or the time is up or it was
     * {@linkplain #end ended}.
     *
     * @param enough how many {@code yes} decide
     */
    synchronized void await(Collection<Address> asked, int enough, long timeoutMillis) throws InterruptedException {
        long start = System.nanoTime();
        long end = start + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        while (!ended && !answers.keySet().containsAll(asked)) {
            long now = System.nanoTime();
            long until = yes() >= enough ? Math.min(end, start + PATIENCE_NANOS) : end;
            if (now >= until) {
                return;
            }
            TimeUnit.NANOSECONDS.timedWait(this, until - now);
        }
    }

    private long yes() {
        return answers.values().stream().filter(ElectionMessage::yes).count();
    }
}
