package io.dkron.connectors.consul;

import io.dkron.core.store.Connector;
import io.dkron.core.store.MachineAddress;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreRequest;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Consul 1.8 or newer, by the HTTP API of its agents. Machines are tried in turn, {@code 127.0.0.1:8500} where none is
 * named. The request's password is the token; where there is none, the variable {@code CONSUL_HTTP_TOKEN} is. Consul knows
 * no user names: one is ignored.
 */
public final class ConsulConnector implements Connector {
    private static final int PORT = 8500;

    private final Function<String, Optional<String>> environment;

    public ConsulConnector() {
        this(name -> Optional.ofNullable(System.getenv(name)));
    }

    ConsulConnector(Function<String, Optional<String>> environment) {
        this.environment = Objects.requireNonNull(environment, "environment");
    }

    @Override
    public Set<String> names() {
        return Set.of("consul");
    }

    /** Connects at the first call; here only the settings are checked. */
    @Override
    public StoreClient open(StoreRequest request) {
        String token = request.password().isEmpty()
                ? environment.apply("CONSUL_HTTP_TOKEN").orElse("").strip()
                : request.password();
        return new ConsulStore(
                ConsulMachines.open(MachineAddress.of(request, PORT), request, token), request.keyspace());
    }
}
