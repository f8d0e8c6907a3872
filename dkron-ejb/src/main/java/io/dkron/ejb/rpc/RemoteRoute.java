package io.dkron.ejb.rpc;

import io.dkron.core.engine.Event;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Request;
import io.dkron.core.engine.RequestRecord.Kind;
import io.dkron.core.job.Job;
import io.dkron.ejb.rpc.ForwardClient.Tried;
import io.dkron.ejb.service.AppliedIndex;
import io.dkron.ejb.service.LaggingAnswers;
import io.dkron.ejb.service.LeaderRoute;
import io.grpc.Channel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The route of a server: to its own engine while it leads, else over the network to the server that does. Where nobody
 * leads or nobody is reached it is tried again for {@link #PATIENCE}, with the request's own id; where an answer was lost
 * it is asked for by that id (protocol P16). An answer from elsewhere waits until this node's copy shows it (protocol
 * P25).
 *
 * <p>A leader that works is given the time that it needs. One that was stopped or cut off answers nothing, and closes no
 * connection either: who has waited for {@link #PATIENCE} asks the next leader as soon as there is one, and is told that
 * the outcome is unknown when the lead has shown no life for {@link #SILENT}. Safe for many threads.
 */
public final class RemoteRoute implements LeaderRoute {
    private static final Logger LOG = System.getLogger(RemoteRoute.class.getName());

    /** How long a leader is looked for. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** How long an answer waits for this node's copy. */
    static final Duration COPYING = Duration.ofMillis(500);

    /** How long a lead that works shows no life at most: three of its pulses. */
    static final Duration SILENT = Duration.ofMillis(1500);

    private static final Duration LOOK_EACH = Duration.ofMillis(200);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15); // the engine's own limit, and a long way
    private static final Duration SHORTEST = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofMillis(50);

    /** What waits longer is told in the log, once. */
    private static final Duration SLOW = Duration.ofSeconds(5);

    private final Parts parts;
    private final ForwardClient client;

    /**
     * What the route goes over.
     *
     * @param leads whether this node leads
     * @param engine of this node, asked once; answers {@link Outcome.NoLeader} while it does not lead
     * @param leader to another server that leads, as it is known at that moment
     * @param silence how long the lead has shown no life, see {@link io.dkron.ejb.leader.Election#silence}
     * @param storeTrouble why the store is away, empty while it answers: then that is the reason that nobody leads
     */
    public record Parts(
            BooleanSupplier leads,
            LeaderRoute engine,
            Supplier<Optional<Channel>> leader,
            AppliedIndex applied,
            LaggingAnswers lagging,
            ScheduledExecutorService later,
            LongSupplier nanoTime,
            Supplier<Duration> silence,
            Supplier<Optional<String>> storeTrouble) {
        public Parts {
            Objects.requireNonNull(leads, "leads");
            Objects.requireNonNull(engine, "engine");
            Objects.requireNonNull(leader, "leader");
            Objects.requireNonNull(applied, "applied");
            Objects.requireNonNull(lagging, "lagging");
            Objects.requireNonNull(later, "later");
            Objects.requireNonNull(nanoTime, "nanoTime");
            Objects.requireNonNull(silence, "silence");
            Objects.requireNonNull(storeTrouble, "storeTrouble");
        }
    }

    public RemoteRoute(Parts parts) {
        this.parts = parts;
        client = new ForwardClient(parts.later());
    }

    @Override
    public CompletionStage<Outcome> ask(Request request, Function<Instant, ? extends Event.Asked> event) {
        Asking asking = new Asking(request, event);
        asking.begin(asking.answer);
        asking.watch(PATIENCE);
        return asking.answer;
    }

    /** An attempt under way; to this node's engine where there is no channel. */
    private record Attempt(Optional<Channel> to, CompletableFuture<Tried> tried) {}

    /** One request on its way; its stages follow each other, so all but the watch is of one thread at a time. */
    private final class Asking {
        private final Request request;
        private final Function<Instant, ? extends Event.Asked> event;
        private final CompletableFuture<Outcome> answer = new CompletableFuture<>();
        private volatile Optional<Attempt> attempt = Optional.empty();
        private volatile Optional<String> lost = Optional.empty();
        private final long begun = parts.nanoTime().getAsLong();
        private boolean slow;
        private long until = parts.nanoTime().getAsLong() + PATIENCE.toNanos();

        Asking(Request request, Function<Instant, ? extends Event.Asked> event) {
            this.request = request;
            this.event = event;
        }

        /** An attempt and what follows it; an error of ours ends the request too, since nobody may wait for ever. */
        private void begin(CompletableFuture<Outcome> outcome) {
            try {
                attempt().whenComplete((found, error) -> {
                    if (error == null) {
                        outcome.complete(found);
                    } else {
                        outcome.complete(failed(error));
                    }
                });
            } catch (RuntimeException e) {
                outcome.complete(failed(e));
            }
        }

        private Outcome failed(Throwable error) {
            LOG.log(Level.ERROR, "request not answered id=" + request.id(), error);
            return new Outcome.Unavailable(request.id(), "internal error: " + error);
        }

        private CompletionStage<Outcome> attempt() {
            Optional<Channel> elsewhere = parts.leads().getAsBoolean()
                    ? Optional.empty()
                    : parts.leader().get();
            Duration left = left();
            CompletionStage<Tried> tried = elsewhere
                    .map(channel -> client.ask(
                            channel, event.apply(Instant.EPOCH), lost.isEmpty() ? ANSWER_WITHIN : left, left))
                    .orElseGet(this::here);
            CompletableFuture<Tried> waiting = tried.toCompletableFuture();
            attempt = Optional.of(new Attempt(elsewhere, waiting));
            return waiting.thenCompose(this::after);
        }

        /** Looks after a while, and then again and again, whether who was asked can still answer. */
        private void watch(Duration delay) {
            try {
                Future<?> look = parts.later().schedule(this::look, delay.toMillis(), TimeUnit.MILLISECONDS);
                answer.whenComplete((outcome, error) -> look.cancel(false));
            } catch (RejectedExecutionException e) {
                answer.complete(givenUp()); // the node stops
            }
        }

        private void look() {
            if (answer.isDone()) {
                return;
            }
            Optional<Attempt> waiting = attempt.filter(a -> !a.tried().isDone());
            if (waiting.filter(this::isElsewhere).isPresent()) {
                waiting.get().tried().complete(new Tried.Lost("the lead moved before it was confirmed"));
            } else if (waiting.isPresent() && parts.silence().get().compareTo(SILENT) > 0) {
                answer.complete(new Outcome.Unavailable(
                        request.id(), "the lead has shown no life since, for " + SILENT.toMillis() + " ms or longer"));
            }
            if (!slow && parts.nanoTime().getAsLong() - begun > SLOW.toNanos()) {
                slow = true;
                LOG.log(
                        Level.WARNING,
                        "request waits id={0} for={1}ms asked={2} known=\"{3}\" leads={4} silence={5}ms",
                        request.id(),
                        Long.toString(SLOW.toMillis()),
                        waiting.map(this::asked).orElse("nobody"),
                        lost.orElse(""),
                        Boolean.toString(parts.leads().getAsBoolean()),
                        Long.toString(parts.silence().get().toMillis()));
            }
            watch(LOOK_EACH);
        }

        private String asked(Attempt waiting) {
            return waiting.to().map(Channel::authority).orElse("this server");
        }

        /** Whether another leads now than the one that was asked. */
        private boolean isElsewhere(Attempt asked) {
            boolean here = parts.leads().getAsBoolean();
            Optional<Channel> now = here ? Optional.empty() : parts.leader().get();
            return (here || now.isPresent()) && !asked.to().equals(now);
        }

        private CompletionStage<Tried> here() {
            CompletionStage<Tried> answer = parts.engine().ask(request, event).thenApply(RemoteRoute::local);
            return lost.isEmpty()
                    ? answer
                    : answer.toCompletableFuture()
                            .completeOnTimeout(
                                    new Tried.Lost("not confirmed again"), left().toMillis(), TimeUnit.MILLISECONDS);
        }

        private CompletionStage<Outcome> after(Tried tried) {
            if (tried instanceof Tried.Answered answered) {
                return answered(answered);
            }
            if (tried instanceof Tried.Lost why) {
                if (lost.isEmpty()) { // once more within a time of its own, where this one took all there was
                    long again = parts.nanoTime().getAsLong() + AGAIN.toNanos();
                    until = again - until > 0 ? again : until;
                }
                lost = Optional.of(why.reason());
            }
            return parts.nanoTime().getAsLong() - until < 0 ? later() : CompletableFuture.completedStage(givenUp());
        }

        private CompletionStage<Outcome> answered(Tried.Answered answered) {
            Outcome outcome = lost.isPresent() ? own(answered.outcome()) : answered.outcome();
            if (outcome instanceof Outcome.Unavailable u && parts.nanoTime().getAsLong() - until < 0) {
                lost = Optional.of(u.reason());
                return later();
            }
            if (!outcome.done() || answered.index() <= parts.applied().get()) {
                return CompletableFuture.completedStage(outcome);
            }
            return parts.applied().reach(answered.index(), COPYING).thenApply(reached -> {
                if (!reached) {
                    parts.lagging().add(request.id());
                }
                return outcome;
            });
        }

        private Outcome givenUp() {
            Optional<String> why = lost.or(parts.storeTrouble());
            return why.<Outcome>map(reason -> new Outcome.Unavailable(request.id(), reason))
                    .orElseGet(() -> new Outcome.NoLeader(Duration.ofSeconds(1)));
        }

        private CompletionStage<Outcome> later() {
            CompletableFuture<Outcome> answer = new CompletableFuture<>();
            try {
                parts.later().schedule(() -> begin(answer), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                answer.complete(givenUp()); // the node stops
            }
            return answer;
        }

        private Duration left() {
            Duration left = Duration.ofNanos(until - parts.nanoTime().getAsLong());
            return left.compareTo(SHORTEST) < 0 ? SHORTEST : left;
        }
    }

    /** What the engine of this node says is in this node's copy. */
    private static Tried local(Outcome outcome) {
        return outcome instanceof Outcome.NoLeader
                ? new Tried.NotDone("nobody is known to lead")
                : new Tried.Answered(outcome, 0);
    }

    /** The repetition of a request whose first answer was lost is not the client's: it gets the first answer. */
    private static Outcome own(Outcome outcome) {
        if (!(outcome instanceof Outcome.Repeated repeated) || repeated.job().isEmpty()) {
            return outcome;
        }
        Kind kind = repeated.before().kind();
        Job job = repeated.job().get();
        if (kind == Kind.RUN && repeated.before().group().isPresent()) {
            return new Outcome.RunStarted(job, repeated.before().group().getAsLong());
        }
        return kind == Kind.SAVE || kind == Kind.TOGGLE
                ? new Outcome.Saved(job, false, repeated.before().group())
                : outcome;
    }
}
