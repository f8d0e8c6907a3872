package io.dkron.ejb.raft.protocol;

import io.dkron.ejb.raft.log.SegmentLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jgroups.protocols.raft.InternalCommand;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.util.ByteArrayDataInputStream;

/**
 * Whose votes and copies count: the members of the newest list in the log, whether it is committed or not (Raft,
 * chapter 4.1). By the list of the committed changes alone, a member that does not know yet what is committed would count
 * by a list that is two changes old, whose majority need not meet that of the newest (protocol P10, P22). Every method is
 * called under the lock of {@link SafeRaft}.
 */
final class Voters {
    private record Change(boolean adds, String id) {}

    /** The changes in the log that are not known to be committed, by index. */
    private final NavigableMap<Long, Change> open = new TreeMap<>();

    /** Reads what stands behind the committed entries. */
    void restore(SegmentLog log, long committed) {
        open.clear();
        for (long i = committed + 1; i <= log.lastAppended(); i++) {
            note(i, log.get(i));
        }
    }

    /** Entries were put into the log. */
    void appended(long first, LogEntries entries) {
        long index = first;
        for (LogEntry entry : entries) {
            note(index++, entry);
        }
    }

    /** Entries from that on were taken back. */
    void cut(long from) {
        open.tailMap(from, true).clear();
    }

    /** The list of members has the changes up to that entry. */
    void committed(long index) {
        if (!open.isEmpty()) {
            open.headMap(index, true).clear();
        }
    }

    /**
     * Who counts.
     *
     * @param members by the committed changes
     */
    List<String> of(List<String> members) {
        if (open.isEmpty()) {
            return members;
        }
        List<String> changed = new ArrayList<>(members);
        open.values().forEach(change -> {
            changed.remove(change.id());
            if (change.adds()) {
                changed.add(change.id());
            }
        });
        return changed;
    }

    private void note(long index, LogEntry entry) {
        if (!entry.internal()) {
            return;
        }
        Command command = new Command();
        try {
            command.readFrom(new ByteArrayDataInputStream(entry.command(), entry.offset(), entry.length()));
        } catch (IOException e) {
            throw new IllegalStateException("entry " + index + " cannot be read", e);
        }
        switch (command.type()) {
            case addServer -> open.put(index, new Change(true, command.id()));
            case removeServer -> open.put(index, new Change(false, command.id()));
            case noop -> {} // changes nobody
        }
    }

    /** The library's has no method for whom it adds or removes. */
    private static final class Command extends InternalCommand {
        String id() {
            return name;
        }
    }
}
