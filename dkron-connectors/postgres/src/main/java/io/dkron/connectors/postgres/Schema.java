package io.dkron.connectors.postgres;

import io.dkron.core.store.StoreException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
    /** The newest script. A database that is there already needs no more of Flyway, which asks it fifty times. */
    static final String NEWEST = "3";

    private static final String HISTORY = "dkron_schema_history";

    /** Of this database: "dkron" in ASCII. */
    private static final long LOCK = 0x64_6B_72_6F_6EL;

    private final DataSource source;

    Schema(DataSource source) {
        this.source = source;
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
     * @param connection to the same database
     * @return the version, as Flyway calls it
     * @throws StoreException saying which script failed and why
     */
    String migrate(Connection connection, Failures failures) throws SQLException {
        if (version(connection).equals(NEWEST)) {
            return NEWEST;
        }
        // Of several that begin with the history table at once, Flyway lets only one succeed.
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_advisory_lock(" + LOCK + ")");
            try {
                if (!version(connection).equals(NEWEST)) {
                    configuration(source).load().migrate();
                }
            } catch (FlywayException e) {
                throw failures.exception("its tables cannot be made or brought up to date", e);
            } finally {
                statement.execute("select pg_advisory_unlock(" + LOCK + ")");
            }
        }
        return version(connection);
    }

    /** Of the newest script that ran, which one of a newer Dkron may be; empty when none did. */
    private static String version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("select to_regclass('" + HISTORY + "') is not null")) {
                row.next();
                if (!row.getBoolean(1)) {
                    return "";
                }
            }
            try (ResultSet row = statement.executeQuery("select version from " + HISTORY
                    + " where success and version is not null order by installed_rank desc limit 1")) {
                return row.next() ? row.getString(1) : "";
            }
        }
    }
}
