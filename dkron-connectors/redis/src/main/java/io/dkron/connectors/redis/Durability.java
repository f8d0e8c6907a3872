package io.dkron.connectors.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether a server keeps what it acknowledges (protocol P14). Pure. */
final class Durability {
    /** What has to be known, each a setting of the server. */
    static final List<String> SETTINGS =
            List.of("appendonly", "appendfsync", "maxmemory-policy", "min-replicas-to-write");

    private static final String UNKNOWN = "unknown";

    private Durability() {}

    /** @return what is wrong with these settings and what to do, for a person; nothing where all is well */
    static List<String> weaknesses(Map<String, String> settings, boolean replicated) {
        List<String> found = new ArrayList<>();
        String log = settings.getOrDefault("appendonly", UNKNOWN);
        String sync = settings.getOrDefault("appendfsync", UNKNOWN);
        if (!log.equals("yes") || !sync.equals("always")) {
            found.add("appendonly " + log + ", appendfsync " + sync + ": may lose acknowledged commits in a crash;"
                    + " set appendonly yes and appendfsync always");
        }
        String eviction = settings.getOrDefault("maxmemory-policy", UNKNOWN);
        if (!eviction.equals("noeviction")) {
            found.add("maxmemory-policy " + eviction + ": may drop jobs when memory is short; set noeviction");
        }
        String replicas = settings.getOrDefault("min-replicas-to-write", UNKNOWN);
        if (replicated && (replicas.equals("0") || replicas.equals(UNKNOWN))) {
            found.add("min-replicas-to-write " + replicas + ": a master cut off from its replicas takes commits that a"
                    + " fail-over loses; set it to 1 or more");
        }
        return found;
    }

    /** The same where the server does not tell its settings. */
    static List<String> unknown(String why) {
        return List.of("its settings cannot be read (" + why + "): see to appendonly yes, appendfsync always and"
                + " maxmemory-policy noeviction, and allow this user +config|get");
    }
}
