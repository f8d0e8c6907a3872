package io.dkron.agent.executor.grpc;

import io.dkron.agent.executor.call.CallTls;
import io.dkron.core.executor.ConfigKey;
import io.dkron.core.executor.Executor;
import io.dkron.core.executor.Run;
import io.dkron.core.executor.RunContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs jobs as gRPC calls. Nothing of a client is loaded before the first run; no thread waits for an answer. Safe for
 * many threads.
 */
public final class GrpcExecutor implements Executor, AutoCloseable {
    private Optional<GrpcCalls> calls = Optional.empty();
    private boolean closed;

    @Override
    public String name() {
        return "grpc";
    }

    @Override
    public List<ConfigKey> keys() {
        List<ConfigKey> keys = new ArrayList<>(List.of(
                new ConfigKey("url", true, false, "What to call: host:port/package.Service/Method."),
                new ConfigKey("body", false, false, "The request as JSON; an array of requests for a stream."),
                new ConfigKey("headers", false, true, "JSON array of \"Name: value\"."),
                new ConfigKey("timeout", false, false, "Most seconds until the call has ended; 30, 0 for no limit."),
                new ConfigKey("expectCode", false, false, "The status that is a success, 0 to 16; 0.")));
        keys.addAll(CallTls.keys());
        return List.copyOf(keys);
    }

    @Override
    public Run start(RunContext context) {
        return calls().start(context);
    }

    private synchronized GrpcCalls calls() {
        if (closed) {
            throw new IllegalStateException("the node stops");
        }
        if (calls.isEmpty()) {
            calls = Optional.of(new GrpcCalls());
        }
        return calls.get();
    }

    /** Lets go of threads; connections go with their runs. */
    @Override
    public synchronized void close() {
        closed = true;
        calls.ifPresent(GrpcCalls::close);
        calls = Optional.empty();
    }
}
