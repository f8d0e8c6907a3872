package io.dkron.ejb.raft.protocol;

import io.dkron.ejb.raft.log.SegmentLog;
import java.util.Optional;
import org.jgroups.Address;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;

/**
 * What a follower does with what a leader sends. It answers for an entry, and applies it, only after it was found to be the
 * leader's in the leader's present term: the entry before was compared, and each that it has already (protocol P7). Every
 * method is called under the lock of {@link SafeRaft}.
 */
final class Following {
    private final SafeRaft raft;
    private long checkedTerm;
    private long checkedIndex;

    Following(SafeRaft raft) {
        this.raft = raft;
    }

    /** Handles a request of the present term and answers it. */
    AppendAnswer append(Address leader, AppendRequest request, LogEntries entries) {
        if (!accepted(leader)) {
            return refusal(request, 0);
        }
        compareHash(request.hash());
        SegmentLog log = raft.segments();
        long prev = request.prevIndex();
        long base = Math.max(0, log.firstAppended() - 1);
        if (prev > log.lastAppended()) {
            return refusal(request, log.lastAppended() + 1);
        }
        if (prev >= base && log.termOf(prev) != request.prevTerm()) {
            return conflict(request, prev);
        }
        long end = prev + entries.size();
        if (checkedTerm != request.currTerm()) {
            checkedTerm = request.currTerm();
            checkedIndex = 0;
        }
        checkedIndex = Math.max(checkedIndex, prev);
        // Before the entries: what is stored with them then knows of each earlier change of members.
        raft.commit(Math.min(request.commit(), checkedIndex));
        write(prev, base, entries);
        checkedIndex = Math.max(checkedIndex, end);
        raft.commit(Math.min(request.commit(), checkedIndex));
        return new AppendAnswer(raft.currentTerm(), true, end, prev, raft.commitIndex());
    }

    /** Everything up to that entry came from the leader itself. */
    void installed(long index) {
        checkedTerm = raft.currentTerm();
        checkedIndex = index;
    }

    /** Takes note of who leads; false when this member has stopped over it. */
    boolean accepted(Address leader) {
        Address known = raft.leader();
        if (known != null && !known.equals(leader)) {
            raft.fail("term " + raft.currentTerm() + " has two leaders: " + known + " and " + leader, Optional.empty());
            return false;
        }
        if (known == null) {
            raft.leader(leader);
        }
        return true;
    }

    private void write(long prev, long base, LogEntries entries) {
        SegmentLog log = raft.segments();
        long index = prev;
        LogEntries missing = new LogEntries();
        for (LogEntry entry : entries) {
            index++;
            if (missing.size() > 0) {
                missing.add(entry);
            } else if (index > log.lastAppended()) {
                missing.add(entry);
            } else if (index > base && log.termOf(index) != entry.term()) {
                if (index <= raft.commitIndex()) {
                    throw new IllegalStateException("entry " + index + " of term " + log.termOf(index)
                            + " is committed here, but the leader has one of term " + entry.term());
                }
                raft.cutFrom(index);
                missing.add(entry);
            }
        }
        if (missing.size() > 0) {
            raft.appendOwn(log.lastAppended() + 1, missing);
        }
    }

    private AppendAnswer conflict(AppendRequest request, long prev) {
        SegmentLog log = raft.segments();
        if (prev <= raft.commitIndex()) {
            throw new IllegalStateException("entry " + prev + " of term " + log.termOf(prev)
                    + " is committed here, but the leader has one of term " + request.prevTerm());
        }
        long term = log.termOf(prev);
        long first = prev;
        while (first - 1 > raft.commitIndex() && log.termOf(first - 1) == term) {
            first--;
        }
        return refusal(request, first);
    }

    private AppendAnswer refusal(AppendRequest request, long tryNext) {
        return new AppendAnswer(raft.currentTerm(), false, tryNext, request.prevIndex(), raft.commitIndex());
    }

    private void compareHash(AppliedHash.Block leaders) {
        Optional<AppliedHash.Block> own = raft.hashEndingWith(leaders.last());
        if (own.isPresent() && own.get().value() != leaders.value()) {
            throw new IllegalStateException("the state here differs from the leader's: applying entries up to "
                    + leaders.last() + " gave other answers; empty the data directory and join again");
        }
    }
}
