package io.dkron.ejb.raft.channel;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jgroups.Address;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.raft.InternalCommand;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.raft.util.RequestTable;
import org.jgroups.util.Util;

/**
 * Raft that hands each committed entry with its index to the store of this server, internal ones too, so that the store's
 * index is the log's (protocol P8). A failure to apply halts it before the next entry, and before it acknowledges anything
 * more.
 */
public class GroupRaft extends RAFT {
    private static final short PROTOCOL = 1300;
    /** Most entries that are applied by one write. */
    private static final int MOST_AT_ONCE = 512;

    static {
        ClassConfigurator.addProtocol(PROTOCOL, GroupRaft.class);
    }

    /** Where committed entries go; on one thread, in order. */
    public interface Machine {
        /** The index of the newest entry that the store has. */
        long applied();

        /** From which entry the list of members is that this server recorded. */
        long membersIndex();

        /**
         * Applies entries.
         *
         * @param first index of the first; one more than {@link #applied}
         * @return an answer for each
         * @throws RuntimeException when the store cannot go on
         */
        List<byte[]> apply(long first, List<LogEntry> entries);

        /** The members are others from that entry on; recorded when this returns. */
        void members(long index, List<String> raftIds);

        /** What this server tells the others of itself. */
        Vitals vitals(long term, boolean leads, long lastAppended);

        /** Nothing can be applied any more. */
        void halted(String reason);

        /** The leader may be another. Must return at once. */
        void leaderChanged();
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Machine machine;
    private volatile boolean halted;

    public GroupRaft(Machine machine) {
        this.machine = Objects.requireNonNull(machine, "machine");
    }

    /** Whether it stopped for good, since an entry could not be applied. */
    public boolean isHalted() {
        return halted;
    }

    /** Runs a change while no entry is appended or acknowledged. */
    public void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    /** The same, with an answer. */
    public <T> T lockedGet(Supplier<T> change) {
        lock.lock();
        try {
            return change.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public RAFT leader(Address newLeader) {
        boolean other = !Objects.equals(newLeader, leader());
        super.leader(newLeader);
        if (other) {
            machine.leaderChanged();
        }
        return this;
    }

    /** The store knows what it has; only changes of members after the recorded list are to be read again. */
    @Override
    public void initStateMachineFromLog() throws Exception {
        long applied = machine.applied();
        for (long i = Math.max(machine.membersIndex() + 1, log_impl.firstAppended()); i <= applied; i++) {
            LogEntry entry = log_impl.get(i);
            if (entry != null && entry.internal()) {
                execute(i, entry);
            }
        }
        commit_index = Math.min(applied, last_appended);
        state_machine_loaded = true;
    }

    @Override
    protected void process(List<Request> requests) {
        if (halted) {
            return;
        }
        lock.lock();
        try {
            super.process(requests);
        } finally {
            lock.unlock();
        }
    }

    /** Empty: entries of earlier terms are committed by one of the own term only (protocol P7). */
    @Override
    protected void createRequestTable() {
        request_table = new RequestTable<>();
    }

    @Override
    protected long applyCommits(long to, boolean serializeResponse) {
        while (commit_index < to && !halted) {
            long first = commit_index + 1;
            try {
                List<LogEntry> entries = entries(first, to);
                List<byte[]> answers = machine.apply(first, entries);
                for (int i = 0; i < entries.size(); i++) {
                    done(first + i, entries.get(i), answers.get(i));
                }
            } catch (Exception | OutOfMemoryError e) {
                halt("entry " + first + " or one after it could not be applied: " + e.getMessage(), e);
            }
        }
        return commit_index;
    }

    /** Up to the first one that changes the members, since what follows counts by the new ones. */
    private List<LogEntry> entries(long first, long to) {
        List<LogEntry> entries = new ArrayList<>();
        for (long i = first; i <= to && entries.size() < MOST_AT_ONCE; i++) {
            LogEntry entry = log_impl.get(i);
            if (entry == null) {
                throw new IllegalStateException("entry " + i + " is not in the log");
            }
            entries.add(entry);
            if (entry.internal()) {
                break;
            }
        }
        return entries;
    }

    private void done(long index, LogEntry entry, byte[] answer) throws Exception {
        Optional<RequestTable.Entry<String>> waiting =
                Optional.ofNullable(request_table).map(table -> table.remove(index));
        commit_index = index;
        if (entry.internal()) {
            execute(index, entry);
        }
        waiting.ifPresent(request -> request.notify(answer));
    }

    private void execute(long index, LogEntry entry) throws Exception {
        InternalCommand command =
                Util.streamableFromByteBuffer(InternalCommand.class, entry.command(), entry.offset(), entry.length());
        Set<String> before = Set.copyOf(members());
        command.execute(this);
        if (!Set.copyOf(members()).equals(before)) {
            machine.members(index, members());
        }
    }

    /** Acknowledges and applies nothing any more, and neither votes nor leads. */
    public void halt(String reason) {
        halted = true;
        machine.halted(reason);
    }

    private void halt(String reason, Throwable cause) {
        log.error(local_addr + ": halted", cause);
        halt(reason);
    }
}
