package io.dkron.connectors.embedded;

import io.dkron.core.store.StoreBenchmark;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.io.TempDir;

/** Against the library with a commit and a force a step. */
class EmbeddedStoreBenchmark extends StoreBenchmark {
    @TempDir
    Path folder;

    @Override
    protected String backend() {
        return "embedded";
    }

    @Override
    protected Optional<StoreServer> server() {
        return Optional.empty();
    }

    @Override
    protected StoreClient open(String machine) {
        return EmbeddedStore.open(folder.resolve("store"), true, Duration.ofSeconds(10));
    }

    @Override
    protected Step plain(String machine) {
        MVStore store = new MVStore.Builder()
                .fileName(folder.resolve("plain").toString())
                .autoCommitDisabled()
                .open();
        MVMap<String, byte[]> map = store.openMap("plain");
        return new Step() {
            @Override
            public void put(Map<String, byte[]> records) {
                map.putAll(records);
                store.commit();
                store.sync();
            }

            @Override
            public void close() {
                store.close();
            }
        };
    }
}
