package io.elsewhere;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Connector;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Page;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A connector whose store tells which loader it came from, and which one its thread had. */
public final class NamingConnector implements Connector {
    @Override
    public Set<String> names() {
        return Set.of("naming", "namer");
    }

    @Override
    public StoreClient open(StoreRequest request) {
        return new StoreClient() {
            @Override
            public Optional<Entry> get(String key) {
                return Optional.empty();
            }

            @Override
            public Page list(String prefix, String after, int limit) {
                return new Page(List.of(), false);
            }

            @Override
            public CommitResult commit(Batch batch) {
                return new CommitResult.Failed("takes nothing");
            }

            @Override
            public Health health() {
                return Health.down(NamingConnector.class.getClassLoader().getName() + " "
                        + (Thread.currentThread().getContextClassLoader() == NamingConnector.class.getClassLoader()));
            }

            @Override
            public void close() {
                // holds nothing
            }
        };
    }
}
