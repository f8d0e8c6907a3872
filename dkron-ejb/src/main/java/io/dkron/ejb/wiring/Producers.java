package io.dkron.ejb.wiring;

import io.dkron.core.config.Settings;
import io.dkron.ejb.backup.Restores;
import io.dkron.ejb.live.LiveHub;
import io.dkron.ejb.metrics.ServerMetrics;
import io.dkron.ejb.service.ClusterService;
import io.dkron.ejb.service.Consistency;
import io.dkron.ejb.service.ExecutionService;
import io.dkron.ejb.service.JobService;
import io.dkron.ejb.service.LaggingAnswers;
import io.dkron.ejb.service.Readiness;
import io.dkron.ejb.service.StoreService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;

/**
 * Lets the web modules inject what a server offers. While the server is not up, injecting throws {@link
 * io.dkron.ejb.service.NotLoadedException}, and is tried again with the next request.
 */
@ApplicationScoped
public class Producers {
    @Inject
    private ServerNode node;

    @Produces
    JobService jobs() {
        return node.jobs();
    }

    @Produces
    Restores restores() {
        return node.restores();
    }

    @Produces
    StoreService store() {
        return node.store();
    }

    @Produces
    ExecutionService executions() {
        return node.executions();
    }

    @Produces
    ClusterService cluster() {
        return node.cluster();
    }

    @Produces
    LiveHub live() {
        return node.live();
    }

    @Produces
    Consistency consistency() {
        return node.consistency();
    }

    @Produces
    LaggingAnswers lagging() {
        return node.lagging();
    }

    @Produces
    ServerMetrics metrics() {
        return node.metrics();
    }

    @Produces
    Settings settings() {
        return node.settings();
    }

    @Produces
    Readiness readiness() {
        return node.readiness();
    }
}
