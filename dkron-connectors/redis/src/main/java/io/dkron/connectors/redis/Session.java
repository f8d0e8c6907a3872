package io.dkron.connectors.redis;

import io.dkron.core.store.StoreException;
import io.lettuce.core.ScriptOutputType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;

/**
 * The connections to one master: one that commits, one that reads, so that neither waits for the other. They live and die
 * together, so that reads never ask another server than commits do (protocol P15). Safe for use by many threads.
 *
 * @param replicated whether another server may take this one's place
 * @param followed whether a replica was connected to the master at the start
 * @param weaknesses of the server's settings, for a person
 */
record Session(Link commits, Link reads, KeyForm keys, boolean replicated, boolean followed, List<String> weaknesses)
        implements AutoCloseable {
    /**
     * Connects, and sees that the server is a master and lets this user do what is needed. All is asked at once, for a
     * network may be slow.
     *
     * @throws StoreException when it cannot be used: why, and what to do
     */
    static Session open(Dialer dialer, Topology.Master master, KeyForm keys, int database, Deadline deadline) {
        boolean replicated = master.kind() != Topology.Kind.STANDALONE;
        List<Link> links = List.of();
        try {
            links = dialer.dial(2, master.address(), database, deadline);
            Link commits = links.get(0);
            Future<List<Object>> role = commits.send(redis -> redis.role());
            List<Future<String>> scripts = Scripts.ALL.stream()
                    .map(script -> commits.send(script::load))
                    .toList();
            Future<byte[]> rights =
                    commits.send(Scripts.PROBE.run(ScriptOutputType.VALUE, new byte[][] {keys.probe()}, new byte[0][]));
            List<Future<Map<String, String>>> settings = Durability.SETTINGS.stream()
                    .map(setting -> commits.send(redis -> redis.configGet(setting)))
                    .toList();
            boolean followed = checkedRole(commits.await(deadline, role));
            for (Future<String> script : scripts) {
                commits.await(deadline, script);
            }
            checkRights(commits, rights, deadline);
            List<String> weaknesses = weaknesses(commits, settings, replicated, deadline);
            return new Session(commits, links.get(1), keys, replicated, followed, weaknesses);
        } catch (CallFailed e) {
            links.forEach(Link::close);
            throw new StoreException(named(master, e.getMessage()), e);
        }
    }

    /** @return whether the master has replicas */
    private static boolean checkedRole(List<Object> role) throws CallFailed {
        if (!Topology.text(role.get(0)).equals("master")) {
            String of = role.size() > 2 ? " of " + Topology.text(role.get(1)) + ":" + role.get(2) : "";
            throw CallFailed.refused("is a replica" + of + "; name the master, or its Sentinels", null);
        }
        return Replicas.areNamed(role);
    }

    private static void checkRights(Link link, Future<byte[]> rights, Deadline deadline) throws CallFailed {
        try {
            link.await(deadline, rights);
        } catch (CallFailed e) {
            if (!e.isAnswered()) {
                throw e;
            }
            if (mayNot(e.getMessage())) {
                throw CallFailed.refused(
                        "this user may not do what is needed (" + e.getMessage() + "); see docs/stores/redis.md", e);
            } // else the server takes no writes at the moment; commits will say so, and reads work
        }
    }

    private static boolean mayNot(String error) {
        return error.contains("NOPERM") || error.contains("permission") || error.contains("can't run this command");
    }

    private static List<String> weaknesses(
            Link link, List<Future<Map<String, String>>> answers, boolean replicated, Deadline deadline)
            throws CallFailed {
        Map<String, String> settings = new HashMap<>();
        try {
            for (Future<Map<String, String>> answer : answers) {
                settings.putAll(link.await(deadline, answer));
            }
            return Durability.weaknesses(settings, replicated);
        } catch (CallFailed e) {
            if (!e.isAnswered()) {
                throw e;
            }
            return Durability.unknown(e.getMessage());
        }
    }

    private static String named(Topology.Master master, String message) {
        String name = "redis " + master.address();
        return message.contains(name) ? message : name + ": " + message;
    }

    boolean isOpen() {
        return commits.isOpen() && reads.isOpen();
    }

    Address address() {
        return commits.address();
    }

    @Override
    public void close() {
        commits.close();
        reads.close();
    }
}
