package io.dkron.agent.executor.http;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Reads nothing of an answer. */
final class NoBody implements BodySubscriber<Void> {
    private final Runnable instead;

    /** @param instead done once, when the answer's body would come */
    NoBody(Runnable instead) {
        this.instead = instead;
    }

    @Override
    public CompletionStage<Void> getBody() {
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.cancel();
        instead.run();
    }

    @Override
    public void onNext(List<ByteBuffer> item) {} // a last one may come after cancel()

    @Override
    public void onError(Throwable error) {} // of what is not wanted

    @Override
    public void onComplete() {}
}
