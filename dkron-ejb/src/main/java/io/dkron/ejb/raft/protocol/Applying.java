package io.dkron.ejb.raft.protocol;

import io.dkron.ejb.raft.log.SegmentLog;
import io.dkron.ejb.raft.log.SnapshotReference;
import java.util.Arrays;
import java.util.Optional;
import org.jgroups.protocols.raft.InternalCommand;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.util.Util;

/**
 * Applies committed entries in order. What cannot be applied ends the member before the next entry (protocol P8). Every
 * method is called under the lock of {@link SafeRaft}.
 */
final class Applying {
    private static final byte[] NOTHING = new byte[0];

    private final EntryApplier applier;
    private final AppliedHash hash = new AppliedHash();
    private boolean stateMissing;

    Applying(EntryApplier applier) {
        this.applier = applier;
    }

    /** The state is older than the log's beginning: nothing can be applied until it was fetched. */
    boolean stateMissing() {
        return stateMissing;
    }

    AppliedHash hash() {
        return hash;
    }

    /**
     * Brings members and state to what is known to be committed, at the start.
     *
     * @return the commit index
     * @throws IllegalStateException when the state has entries that the log lacks: it must not go on with others
     */
    long restore(SegmentLog log, RAFT raft) throws Exception {
        Optional<SnapshotReference> reference = log.reference();
        reference.ifPresent(known -> finishInstall(known, log));
        long applied = applier.applied();
        if (applied > log.lastAppended()) {
            throw new IllegalStateException("the state has entry " + applied + ", but the log ends with "
                    + log.lastAppended() + ": empty the data directory and join again as a new member");
        }
        reference.ifPresent(known -> raft.members(known.members()));
        long from = reference.map(SnapshotReference::index).orElse(0L);
        long commit = Math.max(Math.max(log.commitIndex(), applied), from);
        stateMissing = applied < Math.max(log.firstAppended() - 1, 0);
        for (long i = from + 1; i <= commit; i++) {
            members(log.get(i), raft);
        }
        for (long i = applied + 1; !stateMissing && i <= commit; i++) {
            state(i, log.get(i));
        }
        return commit;
    }

    /** A crash came between the reference to a fetched state and the log's new start behind it. */
    private static void finishInstall(SnapshotReference reference, SegmentLog log) {
        boolean behind = reference.index() >= Math.max(log.firstAppended() - 1, 0);
        if (behind && log.termOf(reference.index()) != reference.term()) {
            log.reinitializeTo(reference.index(), new LogEntry(reference.term(), null));
        }
    }

    /** The state was fetched, and is that of this entry. */
    void installed(long index) {
        if (applier.applied() != index) {
            throw new IllegalStateException(
                    "the state that was fetched is that of entry " + applier.applied() + ", not of " + index);
        }
        stateMissing = false;
    }

    /** Applies an entry to the state, then to the members. */
    byte[] apply(long index, LogEntry entry, RAFT raft) throws Exception {
        byte[] answer = state(index, entry);
        members(entry, raft);
        return answer;
    }

    private byte[] state(long index, LogEntry entry) throws Exception {
        byte[] data = data(entry);
        byte[] answer = applier.apply(index, entry.term(), entry.internal() ? NOTHING : data, entry.internal());
        hash.add(index, entry.term(), data, answer);
        return answer;
    }

    private static void members(LogEntry entry, RAFT raft) throws Exception {
        if (entry.internal()) {
            InternalCommand command = Util.streamableFromByteBuffer(
                    InternalCommand.class, entry.command(), entry.offset(), entry.length());
            command.execute(raft);
        }
    }

    private static byte[] data(LogEntry entry) {
        byte[] command = entry.command();
        if (command == null) {
            return NOTHING;
        }
        return entry.offset() == 0 && entry.length() == command.length
                ? command
                : Arrays.copyOfRange(command, entry.offset(), entry.offset() + entry.length());
    }
}
