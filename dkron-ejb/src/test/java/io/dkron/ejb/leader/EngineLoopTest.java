package io.dkron.ejb.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.core.engine.Effect;
import io.dkron.core.engine.Event;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineLoopTest {
    private final List<Effect> performed = new CopyOnWriteArrayList<>();
    private final AtomicInteger brains = new AtomicInteger();
    private volatile Function<Event, List<Effect>> brain = event -> List.of();
    private EngineLoop loop;
    private Thread thread;

    @AfterEach
    void stop() throws InterruptedException {
        if (loop != null) {
            loop.stop(Duration.ofSeconds(10));
            thread.join();
        }
    }

    @Test
    void aRequestGetsTheAnswerThatTheEngineGivesIt() {
        brain = event -> event instanceof Event.Pause p
                ? List.of(new Effect.Answer(p.request().id(), new Outcome.PauseSet(p.paused())))
                : List.of();
        start();
        assertThat(ask("a")).isEqualTo(new Outcome.PauseSet(true));
    }

    @Test
    void p16OneKeyAskedTwiceAtATimeGetsTwoAnswers() {
        brain = event -> event instanceof Event.Tick
                ? List.of(
                        new Effect.Answer("a", new Outcome.PauseSet(true)),
                        new Effect.Answer("a", new Outcome.PauseSet(true)))
                : List.of();
        start();
        CompletableFuture<Outcome> first = pause("a");
        CompletableFuture<Outcome> second = pause("a");
        loop.tell(Event.Tick::new);
        assertThat(CompletableFuture.allOf(first, second)).succeedsWithin(10, TimeUnit.SECONDS);
    }

    @Test
    void theEngineIsWokenWhenItWantsToBe() {
        Instant at = Instant.now().plusMillis(30);
        List<Instant> ticks = new CopyOnWriteArrayList<>();
        brain = event -> {
            if (event instanceof Event.Tick t) {
                ticks.add(t.now());
                return List.of();
            }
            return List.of(new Effect.WakeAt(at));
        };
        start();
        loop.tell(now -> new Event.Members(now, List.of()));
        await().atMost(10, TimeUnit.SECONDS).until(() -> !ticks.isEmpty());
        assertThat(ticks.get(0)).isAfterOrEqualTo(at);
    }

    @Test
    void f75AnErrorOfTheEngineEndsNothing() {
        brain = event -> {
            if (event instanceof Event.Pause) {
                throw new IllegalStateException("a bug");
            }
            return List.of();
        };
        start();
        assertThat(ask("a")).isInstanceOf(Outcome.Unavailable.class);
        await().atMost(10, TimeUnit.SECONDS).until(() -> !performed.isEmpty());
        assertThat(brains).hasValue(2);
        assertThat(performed).hasExactlyElementsOfTypes(Effect.Reload.class);
        brain = event -> event instanceof Event.Pause p
                ? List.of(new Effect.Answer(p.request().id(), new Outcome.PauseSet(p.paused())))
                : List.of();
        assertThat(ask("b")).isEqualTo(new Outcome.PauseSet(true));
    }

    @Test
    void whoStillWaitsAtTheEndIsAnswered() throws InterruptedException {
        start();
        CompletableFuture<Outcome> open = pause("a");
        loop.stop(Duration.ofSeconds(10));
        assertThat(open).succeedsWithin(10, TimeUnit.SECONDS).isInstanceOf(Outcome.Unavailable.class);
        assertThat(pause("b")).succeedsWithin(10, TimeUnit.SECONDS).isInstanceOf(Outcome.NoLeader.class);
    }

    private Outcome ask(String id) {
        return pause(id).orTimeout(10, TimeUnit.SECONDS).join();
    }

    private CompletableFuture<Outcome> pause(String id) {
        return loop.ask(new Request(id, true), now -> new Event.Pause(now, new Request(id, true), true))
                .toCompletableFuture();
    }

    private void start() {
        Performers performers = new Performers();
        for (Class<?> kind : Effect.class.getPermittedSubclasses()) {
            performers.on(kind.asSubclass(Effect.class), performed::add);
        }
        loop = new EngineLoop(
                () -> {
                    brains.incrementAndGet();
                    return event -> brain.apply(event);
                },
                InstantSource.system(),
                System::nanoTime,
                performers,
                Runnable::run);
        thread = new Thread(loop, "engine");
        thread.start();
    }
}
