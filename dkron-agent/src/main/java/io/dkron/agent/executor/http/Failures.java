package io.dkron.agent.executor.http;

import io.dkron.agent.executor.call.Secrets;
import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLException;

/** Says why there was no answer, in words for the job's owner. Stateless. */
final class Failures {
    private static final int DEEPEST = 20;

    private Failures() {}

    static String text(HttpStep step, Throwable error) {
        Throwable cause = error;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String where = step.method() + " " + Secrets.url(step.url().toString()) + ": ";
        if (find(cause, UnresolvedAddressException.class).isPresent()) {
            return where + "the name of the host, or of the proxy, cannot be resolved";
        }
        if (find(cause, RejectedExecutionException.class).isPresent()) {
            return "node stopped";
        }
        if (cause instanceof ConnectException) {
            return where + "cannot connect: "
                    + Optional.ofNullable(cause.getMessage()).orElse("connection refused");
        }
        Optional<SSLException> tls = find(cause, SSLException.class);
        if (tls.isPresent()) {
            return where + "TLS: " + root(tls.get());
        }
        return where + root(cause);
    }

    private static <T extends Throwable> Optional<T> find(Throwable error, Class<T> kind) {
        Throwable each = error;
        for (int depth = 0; each != null && depth < DEEPEST; depth++) {
            if (kind.isInstance(each)) {
                return Optional.of(kind.cast(each));
            }
            each = each.getCause();
        }
        return Optional.empty();
    }

    private static String root(Throwable error) {
        String text = error.getMessage();
        return text == null || text.isBlank() ? error.getClass().getSimpleName() : text;
    }
}
