package io.dkron.connectors.postgres;

import io.dkron.core.store.StoreException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What a server says of itself before it is used.
 *
 * @param version of the server
 * @param degraded what of its settings can lose acknowledged commits, for a person; empty for nothing
 */
record ServerCheck(String version, String degraded) {
    private static final System.Logger LOG = System.getLogger(ServerCheck.class.getName());

    /** What Hibernate still supports. */
    static final int OLDEST_MAJOR = 14;

    private static final String QUESTION = "select current_setting('server_version'),"
            + " current_setting('server_version_num')::int, current_setting('server_encoding'), current_setting('fsync'),"
            + " current_setting('full_page_writes'), pg_is_in_recovery()";

    /** @throws StoreException when it cannot be used: why, and what to do */
    static ServerCheck of(Connection connection, Failures failures) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUESTION)) {
            row.next();
            return read(row, failures);
        }
    }

    private static ServerCheck read(ResultSet row, Failures failures) throws SQLException {
        String version = row.getString(1);
        if (row.getInt(2) / 10_000 < OLDEST_MAJOR) {
            throw failures.refusal("is PostgreSQL " + version + "; " + OLDEST_MAJOR + " or newer is needed");
        }
        if (!row.getString(3).equals("UTF8")) {
            throw failures.refusal(
                    "has the encoding " + row.getString(3) + "; make it by: createdb -E UTF8 -T template0");
        }
        if (row.getBoolean(6)) {
            throw failures.refusal("is a standby; name the primary in backend-machine");
        }
        List<String> unsafe = new ArrayList<>();
        if (row.getString(4).equals("off")) {
            unsafe.add("fsync=off");
        }
        if (row.getString(5).equals("off")) {
            unsafe.add("full_page_writes=off");
        }
        String degraded = unsafe.isEmpty()
                ? ""
                : "the database runs with " + String.join(" and ", unsafe)
                        + " and may lose commits when its machine fails";
        if (!degraded.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "store degraded reason={0}", degraded);
        }
        return new ServerCheck(version, degraded);
    }
}
