package io.dkron.ejb.raft;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Tells of the lead one by one and in order, the newest state only, on a thread that may be held. */
final class Teller {
    private static final Logger LOG = System.getLogger(Teller.class.getName());

    /** What there is to tell; of two leads in different terms the loss of the first is told between. */
    sealed interface News {
        record Lead(long term) implements News {}

        record Follow(Optional<String> leader) implements News {}

        record Stopped(String reason) implements News {}
    }

    private final Leadership leadership;
    private final Executor workers;
    private Optional<News> wanted = Optional.empty();
    private Optional<News> told = Optional.empty();
    private boolean running;

    Teller(Leadership leadership, Executor workers) {
        this.leadership = Objects.requireNonNull(leadership, "leadership");
        this.workers = Objects.requireNonNull(workers, "workers");
    }

    /** What comes after {@link News.Stopped} is not told: that is the end, and must not be replaced before it was told. */
    synchronized void tell(News news) {
        if (wanted.filter(last -> last instanceof News.Stopped).isEmpty()) {
            wanted = Optional.of(news);
        }
        if (!running && !wanted.equals(told)) {
            running = true;
            workers.execute(this::run);
        }
    }

    private void run() {
        while (true) {
            News next;
            boolean lossFirst;
            synchronized (this) {
                if (wanted.equals(told)) {
                    running = false;
                    return;
                }
                next = wanted.get();
                lossFirst = next instanceof News.Lead
                        && told.filter(t -> t instanceof News.Lead).isPresent();
                told = wanted;
            }
            try {
                if (lossFirst) {
                    leadership.follow(Optional.empty());
                }
                say(next);
            } catch (RuntimeException e) { // it must not stop what comes after
                LOG.log(Level.ERROR, "telling of the lead failed: " + next, e);
            }
        }
    }

    private void say(News news) {
        if (news instanceof News.Lead) {
            leadership.lead();
        } else if (news instanceof News.Follow follow) {
            leadership.follow(follow.leader());
        } else if (news instanceof News.Stopped stopped) {
            leadership.stopped(stopped.reason());
        }
    }
}
