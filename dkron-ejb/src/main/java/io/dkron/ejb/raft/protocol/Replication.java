package io.dkron.ejb.raft.protocol;

import io.dkron.ejb.raft.log.SegmentLog;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.jgroups.Message;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;

/**
 * What a leader does: sends each member what it lacks, and commits what a majority of the {@link Voters} has. Only an entry of the
 * leader's own term is committed by counting, and with it all before (Raft, figure 8; protocol P7). Every method is called
 * under the lock of {@link SafeRaft}.
 */
final class Replication {
    static final long HEARTBEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(800);
    private static final long OFFER_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MESSAGE_BYTES = 1 << 20;
    private static final int MESSAGE_ENTRIES = 4096;

    private final SafeRaft raft;
    private final Map<Address, Peer> peers = new LinkedHashMap<>();

    Replication(SafeRaft raft) {
        this.raft = raft;
    }

    /** Starts a lead: nothing is known of anybody. */
    void begin(Collection<Address> view, long now) {
        peers.clear();
        view(view, now);
    }

    void view(Collection<Address> view, long now) {
        peers.keySet().retainAll(view);
        for (Address address : view) {
            if (!address.equals(raft.getAddress())) {
                peers.computeIfAbsent(address, key -> new Peer(key, raft.lastAppended() + 1, now));
            }
        }
    }

    void end() {
        peers.clear();
    }

    Collection<Peer> peers() {
        return peers.values();
    }

    /** How many of those who count were heard since then, this member with them; one that appears twice counts once. */
    long heard(long since) {
        List<String> voters = raft.voters();
        long others = peers.values().stream()
                .filter(peer -> peer.heardAt - since >= 0 && voters.contains(peer.id))
                .map(peer -> peer.id)
                .distinct()
                .count();
        return others + (voters.contains(raft.raftId()) ? 1 : 0);
    }

    /** Whether somebody lacks something, so that it is worth looking again soon. */
    boolean outstanding() {
        return peers.values().stream()
                .anyMatch(peer -> peer.mode != Peer.Mode.STREAM
                        || peer.match < raft.lastAppended()
                        || peer.toldCommit < raft.commitIndex());
    }

    /** Writes entries to the followers that keep up and to the own log, whose force the messages do not wait for. */
    void append(List<LogEntry> list, long now) {
        for (int from = 0; from < list.size(); ) {
            int to = chunk(list, from);
            LogEntries entries = new LogEntries().add(list.subList(from, to).toArray(LogEntry[]::new));
            long first = raft.lastAppended() + 1;
            for (Peer peer : List.copyOf(peers.values())) {
                if (peer.mode == Peer.Mode.STREAM && peer.next == first && peer.hasRoom()) {
                    send(peer, entries, now);
                }
            }
            raft.appendOwn(first, entries);
            from = to;
        }
        advance();
    }

    void answered(Address from, AppendAnswer answer, long now) {
        Peer peer = peers.get(from);
        if (peer == null) {
            return;
        }
        peer.heardAt = now;
        if (answer.agreed()) {
            if (answer.index() > peer.match) {
                peer.agreed(answer.index());
                peer.movedAt = now;
            }
            if (peer.mode == Peer.Mode.PROBE && !answersProbe(peer, answer)) {
                return; // to what was sent before: it still works on that, and must not be sent more
            }
            peer.next = peer.mode == Peer.Mode.STREAM ? Math.max(peer.next, peer.match + 1) : peer.match + 1;
            peer.mode = peer.mode == Peer.Mode.STATE && gone(peer) ? Peer.Mode.STATE : Peer.Mode.STREAM;
            peer.waiting = false;
            advance();
        } else if (peer.mode == Peer.Mode.STREAM && answer.index() > peer.match) {
            peer.probe(Math.min(answer.index(), peer.next), now);
        } else if (peer.mode == Peer.Mode.PROBE && answer.prevIndex() == peer.next - 1) {
            peer.probe(Math.max(peer.match + 1, Math.min(answer.index(), peer.next - 1)), now);
        }
    }

    private static boolean answersProbe(Peer peer, AppendAnswer answer) {
        boolean hadEntries = answer.index() > answer.prevIndex();
        return answer.prevIndex() == peer.next - 1 && !(peer.stalled && hadEntries);
    }

    /** Sends what is due to everybody. */
    void flush(long now) {
        for (Peer peer : List.copyOf(peers.values())) {
            switch (peer.mode) {
                case STREAM -> stream(peer, now);
                case PROBE -> probe(peer, now);
                case STATE -> offer(peer, now);
            }
        }
    }

    private void stream(Peer peer, long now) {
        if (peer.inFlight() > 0 && now - peer.movedAt > STALL_NANOS) {
            peer.probe(peer.match + 1, now);
            peer.stalled = true;
            probe(peer, now);
            return;
        }
        boolean sent = false;
        while (peer.mode == Peer.Mode.STREAM && peer.next <= raft.lastAppended() && peer.hasRoom()) {
            if (gone(peer)) {
                peer.probe(peer.next, now);
                return;
            }
            send(peer, read(peer.next), now);
            sent = true;
        }
        boolean news = peer.toldCommit < raft.commitIndex();
        if (!sent && peer.mode == Peer.Mode.STREAM && (news || now - peer.sentAt >= HEARTBEAT_NANOS)) {
            send(peer, new LogEntries(), now);
        }
    }

    /**
     * Asks again and again until it is answered, with entries the first time only: a member that is slow, or starved of its
     * processor, would gather a copy of them with each. One that stalled has entries waiting already. It answers in order, so
     * with this answer nothing of what was sent before waits there.
     */
    private void probe(Peer peer, long now) {
        if (peer.waiting && now - peer.sentAt < PROBE_NANOS) {
            return;
        }
        if (gone(peer)) {
            peer.mode = Peer.Mode.STATE;
            peer.sentAt = now - OFFER_NANOS;
            offer(peer, now);
            return;
        }
        boolean empty = peer.waiting || peer.stalled || peer.next > raft.lastAppended();
        peer.waiting = true;
        send(peer, empty ? new LogEntries() : read(peer.next), now);
    }

    private void offer(Peer peer, long now) {
        if (now - peer.sentAt >= OFFER_NANOS) {
            peer.sentAt = now;
            raft.send(
                    SafeRaft.message(peer.address, new LogEntries()),
                    new StateOffer(raft.currentTerm(), raft.segments().firstAppended()));
        }
    }

    private boolean gone(Peer peer) {
        return raft.segments().termOf(peer.next - 1) < 0;
    }

    private void send(Peer peer, LogEntries entries, long now) {
        SegmentLog log = raft.segments();
        long prev = peer.next - 1;
        long commit = raft.commitIndex();
        if (peer.mode == Peer.Mode.STREAM) {
            if (peer.inFlight() == 0) {
                peer.movedAt = now;
            }
            peer.next += entries.size();
            if (entries.size() > 0) {
                peer.sent(peer.next - 1, entries.totalSize());
            }
            peer.toldCommit = commit;
        }
        peer.sentAt = now;
        Message message = SafeRaft.message(peer.address, entries);
        raft.send(message, new AppendRequest(raft.currentTerm(), prev, log.termOf(prev), commit, raft.newestHash()));
    }

    private LogEntries read(long from) {
        LogEntries entries = new LogEntries();
        long bytes = 0;
        for (long i = from; i <= raft.lastAppended() && i < from + MESSAGE_ENTRIES && bytes < MESSAGE_BYTES; i++) {
            LogEntry entry = raft.segments().get(i);
            entries.add(entry);
            bytes += entry.length();
        }
        return entries;
    }

    private static int chunk(List<LogEntry> list, int from) {
        long bytes = 0;
        int to = from;
        while (to < list.size() && to - from < MESSAGE_ENTRIES && (to == from || bytes < MESSAGE_BYTES)) {
            bytes += list.get(to++).length();
        }
        return to;
    }

    /** Commits what a majority has, as far as it is of the own term. A change of members may let more be committed. */
    private void advance() {
        while (raft.isLeader()) {
            long agreed = Math.min(majorityMatch(), raft.lastAppended());
            if (agreed <= raft.commitIndex() || raft.segments().termOf(agreed) != raft.currentTerm()) {
                return;
            }
            if (!raft.commit(agreed)) {
                return;
            }
        }
    }

    private long majorityMatch() {
        List<String> members = raft.voters();
        if (members.isEmpty()) {
            return 0;
        }
        long[] match = new long[members.size()];
        for (int i = 0; i < match.length; i++) {
            match[i] = matchOf(members.get(i));
        }
        Arrays.sort(match);
        return match[match.length - (match.length / 2 + 1)];
    }

    private long matchOf(String member) {
        if (member.equals(raft.raftId())) {
            return raft.lastAppended();
        }
        long match = 0;
        for (Peer peer : peers.values()) {
            if (peer.id.equals(member)) {
                match = Math.max(match, peer.match);
            }
        }
        return match;
    }
}
