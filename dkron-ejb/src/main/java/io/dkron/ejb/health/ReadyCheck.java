package io.dkron.ejb.health;

import io.dkron.ejb.service.Readiness;
import io.dkron.ejb.wiring.ServerNode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Up while the store answers, a leader is known and nothing that is due waits; else it says why not. */
@org.eclipse.microprofile.health.Readiness
@ApplicationScoped
public class ReadyCheck implements HealthCheck {
    @Inject
    private ServerNode node;

    @Override
    public HealthCheckResponse call() {
        Readiness readiness = node.readiness();
        List<String> reasons = readiness.reasons();
        HealthCheckResponseBuilder answer =
                HealthCheckResponse.named("dkron-ready").status(reasons.isEmpty());
        if (!reasons.isEmpty()) {
            answer.withData("reason", String.join("; ", reasons));
        }
        return answer.build();
    }
}
