package io.dkron.ejb.leader;

import io.dkron.core.engine.Outcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** The open requests, on the engine's thread. All wait equally long, so the oldest expires first. */
final class Requests {
    private final Executor answers;
    private final long within;
    private final Map<String, Deque<Pending>> open = new HashMap<>();
    private final Deque<Pending> byAge = new ArrayDeque<>();

    Requests(Executor answers, long within) {
        this.answers = answers;
        this.within = within;
    }

    void register(Pending pending) {
        if (pending != Pending.NONE) {
            // A client may send one key twice at a time: each asking gets one answer, in order.
            open.computeIfAbsent(pending.id(), id -> new ArrayDeque<>(1)).addLast(pending);
            byAge.addLast(pending);
        }
    }

    void answer(String id, Outcome outcome) {
        Deque<Pending> asked = open.get(id);
        if (asked == null) {
            return; // it expired before
        }
        Pending pending = asked.removeFirst();
        if (asked.isEmpty()) {
            open.remove(id);
        }
        complete(pending, outcome);
    }

    /** Answers those whose time is over, and forgets those that were answered. */
    void expire(long now) {
        Pending oldest = byAge.peekFirst();
        while (oldest != null && (oldest.answer().isDone() || now - oldest.deadline() >= 0)) {
            byAge.removeFirst();
            if (!oldest.answer().isDone()) {
                Deque<Pending> asked = open.get(oldest.id());
                if (asked != null && asked.remove(oldest)) {
                    if (asked.isEmpty()) {
                        open.remove(oldest.id());
                    }
                    String reason = "not confirmed within " + within / 1_000_000_000 + " s";
                    complete(oldest, new Outcome.Unavailable(oldest.id(), reason));
                }
            }
            oldest = byAge.peekFirst();
        }
    }

    void answerAll(String reason) {
        for (Deque<Pending> asked : open.values()) {
            for (Pending pending : asked) {
                complete(pending, new Outcome.Unavailable(pending.id(), reason));
            }
        }
        open.clear();
        byAge.clear();
    }

    private void complete(Pending pending, Outcome outcome) {
        try {
            answers.execute(() -> pending.answer().complete(outcome));
        } catch (RejectedExecutionException e) {
            pending.answer().complete(outcome); // the node stops: whoever waits must not wait for ever
        }
    }
}
