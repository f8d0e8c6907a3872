package io.dkron.agent.executor.http;

import io.dkron.agent.executor.call.CallTls;
import io.dkron.core.executor.ConfigKey;
import io.dkron.core.executor.Executor;
import io.dkron.core.executor.Run;
import io.dkron.core.executor.RunContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs jobs as HTTP requests. Nothing of a client is loaded before the first run; no thread waits for an answer. Safe for
 * many threads.
 */
public final class HttpExecutor implements Executor, AutoCloseable {
    private final Map<String, String> environment;
    private Optional<HttpCalls> calls = Optional.empty();
    private boolean closed;

    public HttpExecutor() {
        this(System.getenv());
    }

    /** @param environment where the proxy variables are looked up */
    HttpExecutor(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        ClientProperties.set();
    }

    @Override
    public String name() {
        return "http";
    }

    @Override
    public List<ConfigKey> keys() {
        List<ConfigKey> keys = new ArrayList<>(List.of(
                new ConfigKey("url", true, false, "What to ask, http:// or https://."),
                new ConfigKey("method", true, false, "GET, POST or another method."),
                new ConfigKey("body", false, false, "The body of the request."),
                new ConfigKey("headers", false, true, "JSON array of \"Name: value\"."),
                new ConfigKey("timeout", false, false, "Most seconds until the answer is whole; 30, 0 for no limit."),
                new ConfigKey("expectCode", false, false, "Accepted codes or classes, 200,3xx; empty for any."),
                new ConfigKey("expectBody", false, false, "RE2 expression that must be found in the answer."),
                new ConfigKey("debug", false, false, "If not empty, the output begins with the configuration.")));
        keys.addAll(CallTls.keys());
        return List.copyOf(keys);
    }

    @Override
    public Run start(RunContext context) {
        return calls().start(context);
    }

    private synchronized HttpCalls calls() {
        if (closed) {
            throw new IllegalStateException("the node stops");
        }
        if (calls.isEmpty()) {
            calls = Optional.of(new HttpCalls(new EnvironmentProxies(environment)));
        }
        return calls.get();
    }

    /** Lets go of connections and threads. */
    @Override
    public synchronized void close() {
        closed = true;
        calls.ifPresent(HttpCalls::close);
        calls = Optional.empty();
    }
}
