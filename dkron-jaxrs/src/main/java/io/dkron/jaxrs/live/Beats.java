package io.dkron.jaxrs.live;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Says something on every open stream each 15 s, so that proxies keep it and clients notice a dead one, and ends all when
 * the application stops. Safe for many threads.
 */
@ApplicationScoped
public class Beats {
    private static final int SECONDS = 15;

    private final Set<Stream> streams = ConcurrentHashMap.newKeySet();

    @Resource
    private ManagedScheduledExecutorService later;

    private ScheduledFuture<?> beat;

    /** An open stream. */
    interface Stream {
        /** Sends a comment; a stream that is closed says so by {@code false}. */
        boolean beat();

        void close();
    }

    @PostConstruct
    void start() {
        beat = later.scheduleWithFixedDelay(
                () -> streams.removeIf(stream -> !stream.beat()), SECONDS, SECONDS, TimeUnit.SECONDS);
    }

    void add(Stream stream) {
        streams.add(stream);
    }

    void remove(Stream stream) {
        streams.remove(stream);
    }

    @PreDestroy
    void stop() {
        beat.cancel(false);
        streams.forEach(Stream::close);
    }
}
