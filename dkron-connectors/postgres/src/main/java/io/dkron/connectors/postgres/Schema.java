package io.dkron.connectors.postgres;

import io.dkron.core.store.StoreException;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/**
 * The tables in the database. They are made and brought up to date when a store is opened; several servers may do so at a
 * time, one of them works and the others wait. Scripts are never changed once released, and each keeps what servers of the
 * version before need, so that servers can be replaced one by one.
 */
final class Schema {
    private static final String HISTORY = "dkron_schema_history";

    private final Flyway flyway;

    Schema(DataSource source) {
        flyway = configuration(source).load();
    }

    static FluentConfiguration configuration(DataSource source) {
        return Flyway.configure(Schema.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:io/dkron/connectors/postgres/migration")
                .table(HISTORY)
                .baselineOnMigrate(true) // the schema may hold tables of others
                .baselineVersion("0")
                .failOnMissingLocations(true);
    }

    /**
     * Brings the tables up to date.
     *
     * @return the version, as Flyway calls it
     * @throws StoreException saying which script failed and why
     */
    String migrate(Failures failures) {
        try {
            flyway.migrate();
            return Optional.ofNullable(flyway.info().current())
                    .map(current -> current.getVersion().getVersion())
                    .orElse("none");
        } catch (FlywayException e) {
            throw failures.exception("its tables cannot be made or brought up to date", e);
        }
    }
}
