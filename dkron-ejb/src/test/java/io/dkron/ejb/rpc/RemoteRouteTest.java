package io.dkron.ejb.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.engine.Event;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Request;
import io.dkron.ejb.service.AppliedIndex;
import io.dkron.ejb.service.LaggingAnswers;
import io.dkron.ejb.service.LeaderRoute;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nobody waits for ever: also an error of ours is an answer. */
class RemoteRouteTest {
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void end() {
        later.shutdownNow();
    }

    @Test
    void anErrorAtTheFirstAttemptIsAnswered() throws Exception {
        assertThat(asked((request, event) -> {
                    throw new IllegalStateException("broken");
                }))
                .isInstanceOfSatisfying(
                        Outcome.Unavailable.class, u -> assertThat(u.reason()).contains("broken"));
    }

    @Test
    void anErrorThatAnAttemptEndsWithIsAnswered() throws Exception {
        assertThat(asked((request, event) -> CompletableFuture.failedStage(new IllegalStateException("broken"))))
                .isInstanceOf(Outcome.Unavailable.class);
    }

    @Test
    void anErrorAtALaterAttemptIsAnswered() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        assertThat(asked((request, event) -> {
                    if (attempts.getAndIncrement() == 0) {
                        return CompletableFuture.completedStage(new Outcome.NoLeader(Duration.ofSeconds(1)));
                    }
                    throw new IllegalStateException("broken");
                }))
                .isInstanceOf(Outcome.Unavailable.class);
        assertThat(attempts).hasValue(2);
    }

    private Outcome asked(LeaderRoute engine) throws Exception {
        RemoteRoute route = new RemoteRoute(new RemoteRoute.Parts(
                () -> true,
                engine,
                Optional::empty,
                new AppliedIndex(later, later),
                new LaggingAnswers(),
                later,
                System::nanoTime,
                () -> Duration.ZERO,
                Optional::empty));
        Request request = new Request("one", false);
        return route.ask(request, now -> new Event.Pause(now, request, true))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }
}
