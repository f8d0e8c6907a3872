package io.dkron.connectors.redis;

import io.dkron.core.store.ServerProcess;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreContract;
import io.dkron.core.store.StoreRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Against {@code DKRON_TEST_REDIS}, a database that is emptied, where that is set. */
class RedisStoreContractTest extends StoreContract {
    private static Optional<RedisServer> server = Optional.empty();
    private static String machine = "";

    private RedisStore store;

    @BeforeAll
    static void start() {
        Optional<String> running = ServerProcess.running("REDIS");
        if (running.isEmpty()) {
            server = Optional.of(RedisServer.plain());
            server.get().start();
        }
        machine = running.orElseGet(() -> server.orElseThrow().machine());
    }

    @AfterAll
    static void end() {
        server.ifPresent(RedisServer::close);
    }

    @BeforeEach
    void open() {
        Raw.flush(machine);
        store = RedisStore.open(request());
    }

    private static StoreRequest request() {
        return StoreRequest.of("redis", List.of(machine), "dkron", Duration.ofSeconds(10));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    protected Store store() {
        return store;
    }

    @Override
    protected boolean reopen() {
        store.close();
        store = RedisStore.open(request());
        return true;
    }
}
