package io.dkron.ejb.health;

import io.dkron.ejb.wiring.ServerNode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Up while the engine's thread turns: a process that cannot decide anything any more should be restarted. */
@Liveness
@ApplicationScoped
public class LiveCheck implements HealthCheck {
    @Inject
    private ServerNode node;

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("dkron-live").status(node.alive()).build();
    }
}
