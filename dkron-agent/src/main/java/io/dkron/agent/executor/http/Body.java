package io.dkron.agent.executor.http;

import io.dkron.agent.executor.call.CallRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Writes an answer to a run's output as it comes; the next part is asked for when one was written.
 *
 * <p>An answer whose length is known is over with its last byte. The client would pool its connection just before it says
 * that all was read; ended here, it is closed instead.
 */
final class Body implements BodySubscriber<Void> {
    private final CallRun run;
    private final Optional<BodyCopy> copy;
    private final Runnable whole;
    private final long length;
    private final AtomicBoolean told = new AtomicBoolean();
    private long read;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private volatile Optional<Flow.Subscription> source = Optional.empty();

    /**
     * @param length in bytes, negative if it is not known
     * @param whole done once, when all of it was written
     */
    Body(CallRun run, Optional<BodyCopy> copy, long length, Runnable whole) {
        this.run = run;
        this.copy = copy;
        this.length = length;
        this.whole = whole;
    }

    @Override
    public CompletionStage<Void> getBody() {
        return end;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        source = Optional.of(subscription);
        if (length == 0) {
            end();
        } else {
            subscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
        byte[] bytes = new byte[parts.stream().mapToInt(ByteBuffer::remaining).sum()];
        int at = 0;
        for (ByteBuffer part : parts) {
            int length = part.remaining();
            part.get(bytes, at, length);
            at += length;
        }
        try {
            boolean wanted = run.print(bytes);
            if (wanted && copy.isPresent()) {
                copy.get().add(bytes);
            }
            read += bytes.length;
            if (wanted && read == length) {
                end();
            } else {
                source.ifPresent(wanted ? s -> s.request(1) : Flow.Subscription::cancel);
            }
        } catch (IOException | UncheckedIOException e) {
            source.ifPresent(Flow.Subscription::cancel);
            run.fail("the answer cannot be written down: " + e.getMessage());
        }
    }

    @Override
    public void onError(Throwable error) {
        end.completeExceptionally(error); // the request fails of it, and says so
    }

    @Override
    public void onComplete() {
        end();
    }

    private void end() {
        if (told.compareAndSet(false, true)) {
            whole.run();
            end.complete(null);
        }
    }
}
