package io.dkron.connectors.postgres;

import io.dkron.core.store.Connector;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreRequest;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A database of PostgreSQL, 14 or newer. */
public final class PostgresConnector implements Connector {
    /**
     * Libraries that tell of themselves at length, and of errors that this module reports; held, since what is set on a
     * logger goes with it.
     */
    private static final Map<Logger, Level> TALKATIVE = Map.of(
            Logger.getLogger("org.hibernate"), Level.WARNING,
            Logger.getLogger("org.hibernate.orm.jdbc.error"), Level.OFF,
            Logger.getLogger("org.flywaydb"), Level.WARNING);

    @Override
    public Set<String> names() {
        return Set.of("postgres", "postgresql");
    }

    /** Machines are {@code host:port/database}; several are the members of one replicated server, whose primary is used. */
    @Override
    public StoreClient open(StoreRequest request) {
        TALKATIVE.forEach((logger, level) -> {
            if (logger.getLevel() == null) { // nobody wished otherwise
                logger.setLevel(level);
            }
        });
        return PostgresStore.open(request);
    }
}
