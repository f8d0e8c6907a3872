package io.dkron.ejb.raft;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.dkron.core.cluster.ClusterIds;
import io.dkron.ejb.raft.log.SegmentLog;
import io.dkron.ejb.raft.log.SnapshotReference;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jgroups.protocols.raft.LogEntry;

/**
 * Begins a new cluster with the servers that {@code DATA/raft/peers.json} names, when a majority of the old one is lost for
 * good. What the log holds is committed. The new id names the old cluster, whose servers can join only with emptied data
 * (protocol P20).
 */
final class Recovery {
    private static final Logger LOG = System.getLogger(Recovery.class.getName());

    private static final String NAME = "peers.json";

    private Recovery() {}

    /** Whether this server is to begin a new cluster at its start. */
    static boolean isAsked(RaftSettings settings) {
        return Files.exists(settings.folder().resolve(NAME));
    }

    /**
     * Does what the file asks for, and deletes it; without a file, nothing.
     *
     * @throws IOException when it is refused, saying why; the file stays
     */
    static void run(RaftSettings settings, GroupFile file, StoreMachine machine) throws IOException {
        Path peers = settings.folder().resolve(NAME);
        if (!isAsked(settings)) {
            return;
        }
        try {
            recover(settings, file, machine, read(peers));
        } catch (IOException e) {
            throw new IOException(peers + ": " + e.getMessage(), e);
        }
        Files.delete(peers);
    }

    private static void recover(RaftSettings settings, GroupFile file, StoreMachine machine, Map<String, String> named)
            throws IOException {
        GroupState old = file.state();
        if (old.cluster().isEmpty()) {
            throw new IOException("this server belongs to no cluster that could be recovered");
        }
        if (!named.containsKey(settings.nodeName())) {
            throw new IOException("the own name " + settings.nodeName() + " is missing");
        }
        SortedMap<String, String> members = new TreeMap<>();
        for (Map.Entry<String, String> entry : named.entrySet()) {
            String id = old.members().keySet().stream()
                    .filter(known -> Chores.node(known).equals(entry.getKey()))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no server " + entry.getKey() + " is a member of the cluster"));
            members.put(id, address(entry.getValue(), settings.port()));
        }
        // The same on each server that is given the same file.
        String seed = old.cluster().get() + members.keySet();
        String cluster = ClusterIds.successor(
                old.cluster().get(),
                UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)).toString());
        try (SegmentLog log = SegmentLog.open(settings.folder().resolve("log"))) {
            long last = log.lastAppended();
            long applied = machine.position().index();
            for (long i = applied + 1; i <= last; i++) {
                apply(machine, i, log.get(i));
            }
            log.currentTerm(log.currentTerm() + 1);
            log.commitIndex(last);
            if (last > 0) {
                machine.store().sync();
                log.reference(new SnapshotReference(
                        last,
                        Math.max(0, log.termOf(last)),
                        List.copyOf(members.keySet()),
                        Long.toHexString(machine.position().hash())));
            }
            file.change(state -> state.recovered(cluster, last, members));
        }
        LOG.log(
                Level.WARNING,
                "cluster recovered id={0} predecessor={1} servers={2}",
                cluster,
                old.cluster().get(),
                members.keySet());
    }

    private static void apply(StoreMachine machine, long index, LogEntry entry) throws IOException {
        if (entry == null || entry.internal()) {
            machine.apply(index, new byte[0]);
            return;
        }
        byte[] data = new byte[entry.length()];
        if (data.length > 0) {
            System.arraycopy(entry.command(), entry.offset(), data, 0, data.length);
        }
        machine.apply(index, data);
    }

    /** Port 6868, which the file has for the original, and none mean this server's. */
    private static String address(String text, int port) {
        int colon = text.lastIndexOf(':');
        boolean none = colon < 0 || text.endsWith("]");
        String host = none ? text : text.substring(0, colon);
        String given = none ? "" : text.substring(colon + 1);
        return host + ":" + (given.isEmpty() || given.equals("6868") ? Integer.toString(port) : given);
    }

    /** Names to addresses. */
    private static Map<String, String> read(Path file) throws IOException {
        Map<String, String> named = new TreeMap<>();
        try (JsonParser json = new JsonFactory().createParser(Files.readAllBytes(file))) {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw new IOException("must be a list of servers");
            }
            while (json.nextToken() == JsonToken.START_OBJECT) {
                server(json, named);
            }
        }
        return named;
    }

    private static void server(JsonParser json, Map<String, String> named) throws IOException {
        Optional<String> id = Optional.empty();
        String address = "";
        boolean voter = true;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "id" -> id = Optional.ofNullable(json.getValueAsString());
                case "address" -> address = json.getValueAsString("");
                case "non_voter" -> voter = !json.getValueAsBoolean();
                default -> json.skipChildren();
            }
        }
        String name = id.filter(text -> !text.isEmpty()).orElseThrow(() -> new IOException("a server has no id"));
        if (voter && named.putIfAbsent(name, address) != null) {
            throw new IOException("id " + name + " is there twice");
        }
    }
}
