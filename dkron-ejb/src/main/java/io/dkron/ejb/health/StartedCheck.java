package io.dkron.ejb.health;

import io.dkron.ejb.wiring.ServerNode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** Up once the jobs were read. */
@Startup
@ApplicationScoped
public class StartedCheck implements HealthCheck {
    @Inject
    private ServerNode node;

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("dkron-started")
                .status(node.readiness().started())
                .build();
    }
}
