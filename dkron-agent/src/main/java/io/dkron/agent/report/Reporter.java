package io.dkron.agent.report;

import io.dkron.agent.journal.Accepted;
import io.dkron.agent.journal.Journal;
import io.dkron.agent.journal.JournalException;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunReport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Reports results until the journal is told to forget them, across restarts: those of an earlier life first. One call is
 * on its way at a time; what comes meanwhile goes with the next. A result that arrived and is not acknowledged is
 * repeated after {@link #REPEAT}; when nobody takes results the pause grows from {@link #FIRST_PAUSE} to {@link
 * #LONGEST_PAUSE}. Safe for many threads.
 */
public final class Reporter {
    public static final Duration REPEAT = Duration.ofSeconds(10);
    public static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    public static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Logger LOG = System.getLogger(Reporter.class.getName());
    private static final int MOST_REPORTS = 200;
    private static final int MOST_BYTES = 2 << 20;

    private final Journal journal;
    private final ReportChannel channel;
    private final ScheduledExecutorService workers;
    private final InstantSource clock;
    private final Map<RunKey, Instant> sent = new HashMap<>();
    private Duration pause = Duration.ZERO;
    private boolean sending;
    private boolean woken;
    private boolean scheduled;
    private boolean stopped;

    public Reporter(Journal journal, ReportChannel channel, ScheduledExecutorService workers, InstantSource clock) {
        this.journal = Objects.requireNonNull(journal, "journal");
        this.channel = Objects.requireNonNull(channel, "channel");
        this.workers = Objects.requireNonNull(workers, "workers");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /** There may be results to report. Returns at once. */
    public void wake() {
        synchronized (this) {
            woken = true;
            if (sending || stopped || scheduled && !pause.isZero()) {
                return; // goes with the next call
            }
            sending = true;
        }
        submit(this::send);
    }

    /** The leader changed, or is reachable again: everything is offered at once. */
    public void restart() {
        synchronized (this) {
            sent.clear();
            pause = Duration.ZERO;
        }
        wake();
    }

    /** Reports nothing more; the journal keeps what is left. */
    public synchronized void stop() {
        stopped = true;
    }

    private void submit(Runnable work) {
        try {
            workers.execute(work);
        } catch (RejectedExecutionException e) {
            synchronized (this) {
                sending = false; // the node stops
            }
        }
    }

    private void send() {
        List<RunReport> batch;
        try {
            batch = batch();
        } catch (JournalException e) {
            LOG.log(Level.ERROR, "results not reported, tried again", e);
            finished(Optional.of(e.getMessage()), List.of());
            return;
        }
        if (batch.isEmpty()) {
            idle();
            return;
        }
        channel.deliver(batch)
                .whenComplete((failure, error) -> finished(
                        error == null ? failure : Optional.of(error.toString()),
                        batch.stream().map(RunReport::key).toList()));
    }

    private List<RunReport> batch() {
        Instant now = clock.instant();
        List<RunKey> due = new ArrayList<>();
        List<Accepted> unreported = journal.unreported();
        synchronized (this) {
            woken = false;
            if (stopped) {
                return List.of();
            }
            for (Accepted accepted : unreported) {
                Instant before = sent.get(accepted.order().key());
                if (before == null || !now.isBefore(before.plus(REPEAT))) {
                    due.add(accepted.order().key());
                }
                if (due.size() == MOST_REPORTS) {
                    break;
                }
            }
            if (sent.size() > 2 * unreported.size()) {
                sent.keySet()
                        .retainAll(unreported.stream().map(a -> a.order().key()).collect(Collectors.toSet()));
            }
        }
        List<RunReport> batch = new ArrayList<>();
        long bytes = 0;
        for (RunKey key : due) {
            Optional<RunReport> report = journal.result(key); // empty: acknowledged meanwhile
            bytes += report.map(r -> r.output().bytes().length).orElse(0);
            if (bytes > MOST_BYTES && !batch.isEmpty()) {
                break;
            }
            report.ifPresent(batch::add);
        }
        return batch;
    }

    private void finished(Optional<String> failure, List<RunKey> keys) {
        boolean again;
        synchronized (this) {
            sending = false;
            if (failure.isEmpty()) {
                Instant now = clock.instant();
                keys.forEach(key -> sent.put(key, now));
                pause = Duration.ZERO;
            } else {
                if (pause.isZero()) {
                    LOG.log(
                            Level.INFO,
                            "results not taken, tried again results={0} reason={1}",
                            keys.size(),
                            failure.get());
                }
                pause = pause.isZero() ? FIRST_PAUSE : min(pause.multipliedBy(2), LONGEST_PAUSE);
            }
            again = failure.isEmpty() && !stopped;
        }
        if (again) {
            wake();
        } else {
            later(pause);
        }
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    private void idle() {
        boolean more;
        boolean waits;
        synchronized (this) {
            sending = false;
            more = woken && !stopped;
            waits = !stopped && !sent.isEmpty();
        }
        if (more) {
            wake();
        } else if (waits) {
            later(REPEAT);
        }
    }

    private void later(Duration delay) {
        synchronized (this) {
            if (stopped || scheduled) {
                return;
            }
            scheduled = true;
        }
        try {
            workers.schedule(this::onTime, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            synchronized (this) {
                scheduled = false; // the node stops
            }
        }
    }

    private void onTime() {
        synchronized (this) {
            scheduled = false;
            if (sending || stopped) {
                return;
            }
            sending = true;
        }
        send();
    }
}
