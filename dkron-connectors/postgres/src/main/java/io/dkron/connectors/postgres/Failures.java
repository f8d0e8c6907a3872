package io.dkron.connectors.postgres;

import io.dkron.core.store.StoreException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;

/** Says what a failure of the database means, in words for who must act. Never holds a password. */
final class Failures {
    /** To be run again: another transaction was in the way. */
    private static final Set<String> AGAIN = Set.of("40001", "40P01");

    private static final String LOST =
            "a table or function of Dkron is gone, or not in this user's search_path; restore it,"
                    + " or drop dkron_schema_history too and restart this server to begin anew";

    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("28P01", "the password is wrong; set backend-username and backend-password"),
            Map.entry(
                    "28000",
                    "this user may not connect so; look at backend-username, backend-password, backend-tls and at"
                            + " pg_hba.conf"),
            Map.entry("3D000", "the database does not exist; make it by: createdb NAME"),
            Map.entry("25006", "the database is read-only, a standby or set so; name the primary in backend-machine"),
            Map.entry("42501", "the user lacks a right; let it own the tables whose names start with dkron_"),
            Map.entry("42P01", LOST),
            Map.entry("42883", LOST),
            Map.entry("53100", "the disk of the database is full; make room there"),
            Map.entry("53200", "the database is out of memory"),
            Map.entry("53300", "too many connections; raise max_connections"),
            Map.entry("55P03", "another commit holds the same keys for longer than backend-timeout"),
            Map.entry("57014", "the statement took longer than backend-timeout"),
            Map.entry("57P03", "the database starts or stops; it is tried again at the next call"));

    private final Machines machines;

    Failures(Machines machines) {
        this.machines = machines;
    }

    /** What a call that failed throws. */
    StoreException exception(String what, Throwable failure) {
        return new StoreException(machines + ": " + what + ": " + reason(failure), failure);
    }

    /** What opening throws when the database is none that can be used. */
    StoreException refusal(String what) {
        return new StoreException(machines + ": " + what);
    }

    /** As a result or a state of health says it. */
    String text(Throwable failure) {
        return machines + ": " + reason(failure);
    }

    private static String reason(Throwable failure) {
        Optional<SQLException> sql = sql(failure);
        String said = firstLine(sql.<Throwable>map(s -> s).orElse(failure));
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SSLException) {
                return "TLS failed; look at trusted-ca-file, cert-file and key-file (" + firstLine(t) + ")";
            }
        }
        return sql.map(SQLException::getSQLState)
                .map(WORDS::get)
                .map(words -> words + " (" + said + ")")
                .orElse(said);
    }

    /** Whether the connection is not to be used again. */
    static boolean isConnectionGone(Throwable failure) {
        return sql(failure).map(sql -> !isAnswer(sql)).orElse(true);
    }

    /**
     * Whether the server itself said that the statement failed: then nothing of it is there. Not so when it ended the
     * connection, which it can do between writing the commit down and saying so.
     */
    static boolean isAnswer(SQLException sql) {
        String state = sql.getSQLState();
        return state != null && !state.startsWith("08") && !state.startsWith("57P") && !state.startsWith("XX");
    }

    static boolean isToBeRunAgain(SQLException sql) {
        return AGAIN.contains(String.valueOf(sql.getSQLState()));
    }

    static Optional<SQLException> sql(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SQLException sql) {
                return Optional.of(sql);
            }
        }
        return Optional.empty();
    }

    private static String firstLine(Throwable failure) {
        String message = failure.getMessage();
        return message == null
                ? failure.getClass().getSimpleName()
                : message.strip().lines().findFirst().orElse("");
    }
}
