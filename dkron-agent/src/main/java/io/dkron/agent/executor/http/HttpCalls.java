package io.dkron.agent.executor.http;

import io.dkron.agent.executor.call.BadConfigException;
import io.dkron.agent.executor.call.CallRun;
import io.dkron.core.executor.Run;
import io.dkron.core.executor.RunContext;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The clients and threads of all runs. Safe for many threads. */
final class HttpCalls implements AutoCloseable {
    /** Names are looked up and answers written down on these; more would help only where disks or name servers hang. */
    private static final int THREADS = 8;

    private final EnvironmentProxies proxies;
    private final ThreadPoolExecutor threads = threads("dkron-http", THREADS);
    /** One: an expression and what it is looked for in are in memory for one run at a time. */
    private final ThreadPoolExecutor matching = threads("dkron-http-match", 1);

    private final HttpClients clients;

    HttpCalls(EnvironmentProxies proxies) {
        this.proxies = proxies;
        this.clients = new HttpClients(threads, proxies);
    }

    private static ThreadPoolExecutor threads(String name, int most) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(most, most, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    Run start(RunContext context) {
        try {
            HttpJob job = HttpJob.of(context.order().config());
            HttpExchange.Host host = new HttpExchange.Host(clients.client(job.tls()), proxies, matching);
            CallRun run = new CallRun(context, job.text(), job.timeout());
            new HttpExchange(run, job, host).begin();
            return run;
        } catch (BadConfigException e) {
            return CallRun.failed(context, e.getMessage());
        }
    }

    @Override
    public void close() {
        clients.close();
        threads.shutdown();
        matching.shutdown();
    }
}
