package io.dkron.ejb.raft;

import io.dkron.agent.disk.DurableText;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;

/** Keeps {@link GroupState} in {@code DATA/raft/group.properties}; on the disk when a change returns. Safe for many threads. */
final class GroupFile {
    private static final String NAME = "group.properties";

    private final Path file;
    private volatile GroupState state;

    private GroupFile(Path file, GroupState state) {
        this.file = file;
        this.state = state;
    }

    /**
     * Opens what is there; a new server gets its Raft id.
     *
     * @param folder created when it is missing
     */
    static GroupFile open(Path folder, String nodeName) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(NAME);
        if (Files.exists(file)) {
            return new GroupFile(file, read(file));
        }
        GroupFile opened = new GroupFile(file, GroupState.fresh(newId(nodeName)));
        opened.change(fresh -> fresh);
        return opened;
    }

    /** What is there, without opening it; empty where there is nothing. */
    static Optional<GroupState> peek(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
    }

    /** A Raft id that no server ever had. */
    static String newId(String nodeName) {
        return nodeName + "#"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    }

    GroupState state() {
        return state;
    }

    /** @throws java.io.UncheckedIOException when it cannot be stored: then nothing changed */
    synchronized GroupState change(UnaryOperator<GroupState> change) {
        GroupState changed = Objects.requireNonNull(change.apply(state));
        try {
            DurableText.replace(file, text(changed));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
        state = changed;
        return changed;
    }

    private static String text(GroupState state) {
        StringBuilder text = new StringBuilder("# Who this server is among the servers. Written by it alone.\n");
        line(text, "id", state.raftId());
        line(text, "phase", state.phase().name());
        state.cluster().ifPresent(id -> line(text, "cluster", id));
        state.predecessor().ifPresent(id -> line(text, "predecessor", id));
        state.promised().ifPresent(id -> line(text, "promised", id));
        line(text, "proposes", Boolean.toString(state.proposes()));
        line(text, "members.index", Long.toString(state.index()));
        int number = 0;
        for (Map.Entry<String, String> member : state.members().entrySet()) {
            number++;
            line(text, "member." + number + ".id", member.getKey());
            line(text, "member." + number + ".address", member.getValue());
        }
        number = 0;
        for (String removed : state.removed()) {
            number++;
            line(text, "removed." + number, removed);
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append(key).append('=').append(value.replace("\\", "\\\\")).append('\n');
    }

    private static GroupState read(Path file) throws IOException {
        Properties all = new Properties();
        all.load(new StringReader(Files.readString(file)));
        String id = all.getProperty("id", "");
        if (id.isEmpty()) {
            throw new IOException(
                    file + ": damaged, it names no id; restore the data directory from a backup, or move all"
                            + " of it away to join as a new server");
        }
        TreeMap<String, String> members = new TreeMap<>();
        for (int i = 1; all.containsKey("member." + i + ".id"); i++) {
            members.put(all.getProperty("member." + i + ".id"), all.getProperty("member." + i + ".address", ""));
        }
        TreeSet<String> removed = new TreeSet<>();
        for (int i = 1; all.containsKey("removed." + i); i++) {
            removed.add(all.getProperty("removed." + i));
        }
        try {
            return new GroupState(
                    id,
                    GroupState.Phase.valueOf(all.getProperty("phase")),
                    Optional.ofNullable(all.getProperty("cluster")),
                    Optional.ofNullable(all.getProperty("predecessor")),
                    Long.parseLong(all.getProperty("members.index", "0")),
                    Collections.unmodifiableSortedMap(members),
                    removed,
                    Optional.ofNullable(all.getProperty("promised")),
                    Boolean.parseBoolean(all.getProperty("proposes")));
        } catch (RuntimeException e) {
            throw new IOException(file + ": damaged: " + e.getMessage(), e);
        }
    }
}
