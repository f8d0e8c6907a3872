package io.dkron.ejb.wiring;

import io.dkron.agent.process.ProcessBridge;
import io.dkron.core.store.StoreConnectionFactory;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import org.eclipse.microprofile.config.Config;

/**
 * Shows that threads, store and settings reach a bean of the EAR's library when the application starts; ServerNode takes
 * its place.
 */
@ApplicationScoped
public class Skeleton {
    @Resource
    private ManagedExecutorService executor;

    @Resource(lookup = "jca/dkron-store")
    private StoreConnectionFactory stores;

    @Inject
    private Config config;

    private volatile String state = "new";

    void start(@Observes Startup event) {
        executor.execute(() -> {
            state = "node="
                    + config.getOptionalValue("dkron.node-name", String.class).orElse("") + " stores="
                    + stores.getClass().getSimpleName();
            ProcessBridge.ready();
        });
    }

    @PreDestroy
    void stop() {
        state = "stopped";
    }

    public String state() {
        return state;
    }
}
