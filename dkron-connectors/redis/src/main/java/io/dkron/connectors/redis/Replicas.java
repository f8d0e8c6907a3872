package io.dkron.connectors.redis;

import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Lets commits wait for a replica where one may take the master's place. While none is there, commits go on without
 * one and it is said in health: a server that must refuse then has {@code min-replicas-to-write}. Safe for use by many
 * threads.
 */
final class Replicas {
    private static final System.Logger LOG = System.getLogger(Replicas.class.getName());
    private static final Duration LONGEST_WAIT = Duration.ofMillis(500);
    private static final Duration WAIT_WHILE_AWAY = Duration.ofMillis(100);

    private final Duration wait;
    private volatile Optional<Session> known = Optional.empty();
    private volatile boolean away;
    private volatile boolean connected;

    /** @param timeout of a whole call */
    Replicas(Duration timeout) {
        Duration third = timeout.dividedBy(3);
        wait = third.compareTo(LONGEST_WAIT) < 0 ? third : LONGEST_WAIT;
    }

    /**
     * Sends a commit, and behind it the question who has it.
     *
     * @return the commit's answer
     */
    List<Object> commit(
            Session session,
            Function<RedisAsyncCommands<byte[], byte[]>, Future<List<Object>>> commit,
            Deadline deadline)
            throws CallFailed {
        Link link = session.commits();
        if (!session.replicated()) {
            return link.call(deadline, commit);
        }
        if (!known.equals(Optional.of(session))) {
            known = Optional.of(session);
            tell(session, session.followed());
        }
        Future<List<Object>> answer = link.send(commit);
        if (!connected) { // to wait would be in vain
            Future<List<Object>> role = link.send(redis -> redis.role());
            List<Object> result = link.await(deadline, answer);
            connected = areNamed(link.await(deadline, role));
            return result;
        }
        long millis = (away ? WAIT_WHILE_AWAY : wait).toMillis();
        Future<Long> having = link.send(redis -> redis.waitForReplication(1, millis));
        List<Object> result = link.await(deadline, answer);
        tell(session, link.await(deadline, having) > 0);
        return result;
    }

    /** Whether a master's answer to ROLE names replicas. */
    static boolean areNamed(List<Object> role) {
        return role.stream().anyMatch(part -> part instanceof List<?> replicas && !replicas.isEmpty());
    }

    private void tell(Session session, boolean anyHas) {
        connected = anyHas;
        if (anyHas == away) {
            away = !anyHas;
            LOG.log(
                    away ? System.Logger.Level.WARNING : System.Logger.Level.INFO,
                    away ? "store replicas lag redis={0}" : "store replicas follow redis={0}",
                    session.address());
        }
    }

    /** What is degraded, for a person. */
    Optional<String> lag() {
        return away
                ? Optional.of("no replica has the newest commits, which a fail-over would lose; start its replicas")
                : Optional.empty();
    }
}
