package io.dkron.core.engine;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.Notification;
import io.dkron.core.execution.Notification.Channel;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.core.notification.Notice;
import io.dkron.core.notification.NoticeJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be told (protocol P24). A notice is written with what it tells of, in one commit, and stands in the store until
 * it is delivered or given up; the next lead goes on with it. So a message arrives at least once, whatever
 * dies. What became of it is written to its execution. An execution that is deleted or pruned while a notice waits keeps
 * its record until that is settled, as its output is part of the message.
 */
final class Outbox {
    private static final Duration WARN_EACH = Duration.ofMinutes(1);
    private static final Duration READ_AGAIN = Duration.ofSeconds(1);
    private static final int MOST_MISREAD = 5;

    /** A notice that is not settled. */
    private static final class Open {
        final String key;
        Notice notice;
        boolean out; // handed out, and what becomes of it is awaited or being recorded
        boolean over; // that is known: a further answer, to an earlier lead's effect, says nothing new

        Open(String key, Notice notice) {
            this.key = key;
            this.notice = notice;
        }

        Ref ref() {
            return new Ref(notice.subject().job(), notice.subject().execution());
        }
    }

    private record Ref(JobName job, ExecutionId id) {}

    private final Lead lead;
    private final Map<String, Open> all = new LinkedHashMap<>(); // oldest first
    private final Map<Ref, List<Open>> byExecution = new HashMap<>();
    private final Map<Ref, List<Notification>> told = new HashMap<>(); // of executions of which more is open
    private final Map<Channel, Deque<Open>> waiting = new EnumMap<>(Channel.class);
    private final Map<Channel, Integer> out = new EnumMap<>(Channel.class);
    private final Map<Long, Recording> recordings = new HashMap<>();
    private Instant quietUntil = Instant.MIN;
    private long dropped; // since the last warning
    private long numbers;

    /** A result that waits for the record of its execution, which was read so often and was not as it should be. */
    private record Recording(Open open, Notification result, int misread) {}

    Outbox(Lead lead) {
        this.lead = lead;
    }

    /** How many notices wait. */
    int size() {
        return all.size();
    }

    // ------------------------------------------------------------------ what waits

    /** Adds a message in the present unit; nobody is told before that is stored. */
    void add(Notice notice, Instant now) {
        makeRoom(now);
        String key = lead.tools.layout().keys().notice(lead.fence.term(), ++numbers);
        lead.ledger.put(key, NoticeJson.write(notice));
        ready(add(key, notice));
    }

    /** Goes on with what an earlier lead left. */
    void resume(Map<String, Notice> stored, Instant now) {
        stored.forEach((key, notice) -> {
            Open open = add(key, notice);
            if (notice.due().isAfter(now)) {
                later(open);
            } else {
                ready(open);
            }
        });
    }

    private Open add(String key, Notice notice) {
        Open open = new Open(key, notice);
        all.put(key, open);
        byExecution.computeIfAbsent(open.ref(), r -> new ArrayList<>(2)).add(open);
        return open;
    }

    private void makeRoom(Instant now) {
        if (all.size() < rules().most()) {
            return;
        }
        Open oldest = all.values().stream().filter(o -> !o.out).findFirst().orElseThrow();
        waiting(oldest.notice.channel()).remove(oldest);
        settle(oldest);
        lead.ledger.hold(new Effect.NoticeDropped(oldest.notice.channel()));
        dropped++;
        if (!now.isBefore(quietUntil)) {
            lead.warn("notifications dropped, more than " + rules().most() + " wait count=" + dropped);
            dropped = 0;
            quietUntil = now.plus(WARN_EACH);
        }
    }

    // ------------------------------------------------------------------ telling

    private void ready(Open open) {
        Channel channel = open.notice.channel();
        waiting(channel).add(open);
        next(channel);
    }

    private void next(Channel channel) {
        Deque<Open> queue = waiting(channel);
        while (!queue.isEmpty() && out.getOrDefault(channel, 0) < rules().atOnce()) {
            Open open = queue.remove();
            open.out = true;
            out.merge(channel, 1, Integer::sum);
            lead.ledger.hold(new Effect.Notify(open.key, open.notice));
        }
    }

    private Deque<Open> waiting(Channel channel) {
        return waiting.computeIfAbsent(channel, c -> new ArrayDeque<>());
    }

    private void later(Open open) {
        lead.timers.at(open.notice.due(), now -> {
            if (all.get(open.key) == open && !open.out) {
                ready(open);
            }
        });
    }

    /** One try is over. */
    void notified(Event.Notified event) {
        Open open = all.get(event.key());
        if (open == null || !open.out || open.over) {
            return; // settled already, or dropped
        }
        Notice notice = open.notice;
        boolean delivered = event.error().isEmpty();
        if (!delivered && notice.tries() < rules().pauses().size()) {
            back(open);
            open.notice = notice.again(event.now().plus(rules().pauses().get(notice.tries())));
            lead.ledger.put(open.key, NoticeJson.write(open.notice));
            later(open);
            next(notice.channel());
            return;
        }
        open.over = true;
        String error = event.error().orElse("");
        if (!delivered) {
            lead.warn("notification given up channel=" + notice.channel().text() + " event="
                    + notice.moment().text() + " job=" + notice.subject().job() + " execution="
                    + notice.subject().execution() + " tries=" + (notice.tries() + 1) + " reason=\"" + error + "\"");
        }
        Notification result =
                new Notification(notice.channel(), notice.moment(), delivered, notice.tries() + 1, event.now(), error);
        record(new Recording(open, result, 0));
    }

    private void back(Open open) {
        open.out = false;
        out.merge(open.notice.channel(), -1, Integer::sum);
    }

    /** Writes what became of it to the execution, for which the stored output is needed once that has ended. */
    private void record(Recording recording) {
        Open open = recording.open();
        Ref ref = open.ref();
        Optional<Execution> known = known(ref);
        if (goes(ref)) {
            done(open);
        } else if (known.isPresent() && !known.get().state().ended()) {
            write(known.get(), open, recording.result());
        } else {
            long ticket = lead.tools.tickets().getAsLong();
            recordings.put(ticket, recording);
            lead.ledger.hold(new Effect.ReadExecution(ticket, ref.job(), ref.id()));
        }
    }

    /** The stored execution, or none where it is gone. */
    void executionRead(Event.ExecutionRead event) {
        Recording recording = recordings.remove(event.ticket());
        if (recording == null) {
            return;
        }
        Open open = recording.open();
        if (event.failure().isPresent()) { // asked again soon, for as long as this lead lasts
            lead.timers.at(event.now().plus(READ_AGAIN), now -> record(recording));
            return;
        }
        Optional<Execution> stored = event.execution();
        Optional<Execution> known = known(open.ref());
        if (goes(open.ref()) || stored.isEmpty()) {
            done(open);
        } else if (known.map(k -> k.state() != stored.get().state())
                .orElse(!stored.get().state().settled())) {
            misread(recording, event.now());
        } else {
            Execution base = known.map(
                            k -> k.with().output(stored.get().output()).build())
                    .orElse(stored.get());
            write(base, open, recording.result());
        }
    }

    /** It has changed meanwhile, and is read again; or somebody else than a leader has written, and it stays as it is. */
    private void misread(Recording recording, Instant now) {
        if (recording.misread() == MOST_MISREAD) {
            done(recording.open());
            return;
        }
        Recording again = new Recording(recording.open(), recording.result(), recording.misread() + 1);
        lead.timers.at(now.plus(READ_AGAIN), later -> record(again));
    }

    private void write(Execution base, Open open, Notification result) {
        Ref ref = open.ref();
        if (lead.find(ref.job()).isEmpty()) {
            done(open); // the record goes with the job
            return;
        }
        lead.ledger.guard(ref.job()); // a record that somebody deleted with its job must not come back
        List<Notification> results = told.computeIfAbsent(ref, r -> new ArrayList<>(2));
        results.add(result);
        Execution written = base.told(results);
        if (known(ref).isPresent()) {
            lead.find(ref.job()).ifPresent(e -> e.groups().get(written.group()).put(written));
        }
        lead.ledger.put(written);
        done(open);
    }

    /** In memory, as long as something of its group is not settled. */
    private Optional<Execution> known(Ref ref) {
        return lead.find(ref.job()).flatMap(e -> e.find(ref.id()));
    }

    private void done(Open open) {
        back(open);
        settle(open);
        next(open.notice.channel());
    }

    private void settle(Open open) {
        Ref ref = open.ref();
        all.remove(open.key);
        lead.ledger.delete(open.key);
        List<Open> others = byExecution.get(ref);
        others.remove(open);
        if (!others.isEmpty()) {
            if (open.notice.last()) {
                mark(others.get(0));
            }
            return;
        }
        byExecution.remove(ref);
        told.remove(ref);
        if (open.notice.last()
                && known(ref).isEmpty()) { // else a namesake's of a deleted job, made after the clock was set back
            lead.ledger.delete(ref.job(), ref.id());
        } else {
            lead.find(ref.job()).ifPresent(lead.retention::prune); // it was spared until now
        }
    }

    // ------------------------------------------------------------------ deleting executions

    /** Deletes an execution in the present unit; one of which something is still to be told goes after that. */
    void delete(JobName job, ExecutionId id) {
        Ref ref = new Ref(job, id);
        List<Open> open = byExecution.get(ref);
        if (open == null) {
            lead.ledger.delete(job, id);
        } else if (open.stream().noneMatch(o -> o.notice.last())) {
            mark(open.get(0));
        }
    }

    /** Whether something is still to be told of it, so that it is not pruned yet. */
    boolean isOpen(JobName job, ExecutionId id) {
        return byExecution.containsKey(new Ref(job, id));
    }

    private void mark(Open open) {
        open.notice = open.notice.asLast();
        lead.ledger.put(open.key, NoticeJson.write(open.notice));
    }

    /** Whether the execution goes from the store as soon as nothing is to be told of it, whoever leads then. */
    private boolean goes(Ref ref) {
        return byExecution.get(ref).stream().anyMatch(o -> o.notice.last());
    }

    private NoticeRules rules() {
        return lead.settings.notices();
    }
}
