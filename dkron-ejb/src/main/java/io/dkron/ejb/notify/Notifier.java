package io.dkron.ejb.notify;

import io.dkron.core.config.Settings;
import io.dkron.core.engine.Effect;
import io.dkron.core.engine.Event;
import io.dkron.core.engine.NoticeRules;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionJson;
import io.dkron.core.execution.Notification.Channel;
import io.dkron.core.execution.Notification.Moment;
import io.dkron.core.notification.Notice;
import io.dkron.core.store.ExecutionRepository;
import io.dkron.core.store.StoreException;
import io.dkron.core.template.TemplateException;
import io.dkron.ejb.metrics.ServerMetrics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Tells what the engine wants told, each channel on a few threads of its own that end when they have nothing to do: a
 * receiver that hangs holds up nothing but its own channel. The engine hears of each try.
 */
public final class Notifier {
    private static final Logger LOG = System.getLogger(Notifier.class.getName());
    private static final int THREADS = 4;
    private static final int MOST_WAITING = 1_000; // the engine hands out far less, but to each of its leads
    private static final Duration IDLE = Duration.ofSeconds(10);

    /**
     * What a notifier works with.
     *
     * @param node its name
     * @param executions where outputs stand
     * @param threads of its own
     * @param workers for short work
     * @param engine takes every event
     */
    public record Parts(
            Settings settings,
            String node,
            ExecutionRepository executions,
            ThreadFactory threads,
            ExecutorService workers,
            ScheduledExecutorService later,
            ServerMetrics metrics,
            Consumer<Function<Instant, Event>> engine) {
        public Parts {
            Objects.requireNonNull(settings, "settings");
            Objects.requireNonNull(node, "node");
            Objects.requireNonNull(executions, "executions");
            Objects.requireNonNull(threads, "threads");
            Objects.requireNonNull(workers, "workers");
            Objects.requireNonNull(later, "later");
            Objects.requireNonNull(metrics, "metrics");
            Objects.requireNonNull(engine, "engine");
        }
    }

    private final Parts parts;
    private final Map<Channel, Sender> senders;
    private final Map<Channel, ThreadPoolExecutor> pools = new EnumMap<>(Channel.class);
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    private final int tries = NoticeRules.NONE.tries();

    /** @throws IllegalStateException when a Host header is wanted and the JVM was not told to allow it */
    public Notifier(Parts parts) {
        this(parts, Channels.LIMIT);
    }

    Notifier(Parts parts, Duration limit) {
        this.parts = parts;
        senders = Channels.senders(parts.settings(), parts.workers(), parts.later(), limit);
        for (Channel channel : Channel.values()) {
            ThreadPoolExecutor pool = new ThreadPoolExecutor(
                    THREADS,
                    THREADS,
                    IDLE.toSeconds(),
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(MOST_WAITING),
                    task -> named(channel, task));
            pool.allowCoreThreadTimeOut(true);
            pools.put(channel, pool);
        }
    }

    private Thread named(Channel channel, Runnable task) {
        return parts.threads().newThread(() -> {
            Thread.currentThread().setName("dkron-notify-" + channel.text());
            task.run();
        });
    }

    /** Begins; the engine hears of the end. What is being told already is not told beside that. */
    public void tell(Effect.Notify effect) {
        if (!underWay.add(effect.key())) {
            return; // told for an earlier lead of this node; its answer counts
        }
        try {
            pools.get(effect.notice().channel()).execute(() -> tell(effect.key(), effect.notice()));
        } catch (RejectedExecutionException e) {
            answer(effect.key(), effect.notice(), Optional.of("too many messages wait, or the node stops"));
        }
    }

    /** Ends what is under way; what was not told the next leader tells. */
    public void stop() {
        pools.values().forEach(ThreadPoolExecutor::shutdownNow);
    }

    private void tell(String key, Notice notice) {
        Optional<String> error;
        try {
            Sender sender = senders.get(notice.channel());
            if (sender == null) {
                throw new NotDeliveredException(
                        "channel " + notice.channel().text() + " is not set up on node " + parts.node());
            }
            sender.send(new Message(notice, parts.node(), output(notice)));
            error = Optional.empty();
        } catch (NotDeliveredException e) {
            error = Optional.of(e.reason());
            LOG.log(Level.DEBUG, "notification not delivered", e);
        } catch (TemplateException e) {
            error = Optional.of("its template does not fit: " + e.getMessage());
        } catch (StoreException e) {
            error = Optional.of("the output could not be read: " + e.getMessage());
        } catch (InterruptedException e) {
            underWay.remove(key);
            Thread.currentThread().interrupt();
            return;
        } catch (RuntimeException e) { // a fault of ours must not leave the message in flight for ever
            error = Optional.of(e.getClass().getSimpleName());
            LOG.log(
                    Level.ERROR,
                    "notification failed unexpectedly channel="
                            + notice.channel().text(),
                    e);
        }
        answer(key, notice, error);
    }

    private String output(Notice notice) {
        if (notice.moment() == Moment.START) {
            return "";
        }
        return parts.executions()
                .find(notice.subject().job(), notice.subject().execution())
                .map(Execution::output)
                .map(output -> ExecutionJson.text(output.bytes()))
                .orElse("");
    }

    private void answer(String key, Notice notice, Optional<String> error) {
        boolean last = notice.tries() + 1 >= tries;
        parts.metrics()
                .notified(
                        notice.channel(),
                        error.isEmpty()
                                ? ServerMetrics.Told.DELIVERED
                                : last ? ServerMetrics.Told.FAILED : ServerMetrics.Told.RETRIED);
        underWay.remove(key);
        parts.engine().accept(now -> new Event.Notified(now, key, error));
    }
}
