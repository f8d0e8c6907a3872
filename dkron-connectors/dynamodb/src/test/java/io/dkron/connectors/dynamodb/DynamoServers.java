package io.dkron.connectors.dynamodb;

import io.dkron.core.store.GuardedServer;
import io.dkron.core.store.StoreServer;
import io.dkron.core.store.StoreServerSource;
import java.util.List;

/** Servers of this backend, as it is installed. */
public final class DynamoServers implements StoreServerSource {
    @Override
    public String backend() {
        return "dynamodb";
    }

    @Override
    public StoreServer create() {
        return new MotoServer();
    }

    /** A key that may write, and then may only read. */
    @Override
    public GuardedServer guarded() {
        MotoServer server = MotoServer.guarded(new Signature("test", "test"));
        server.start();
        return new GuardedServer(
                server,
                new GuardedServer.Login("test", "test"),
                new GuardedServer.Login("test", "of-somebody-else"),
                () -> server.readOnly(true),
                () -> server.readOnly(false));
    }

    @Override
    public List<String> flags() {
        return List.of("--backend-region=eu-west-1", "--backend-username=test", "--backend-password=test");
    }
}
