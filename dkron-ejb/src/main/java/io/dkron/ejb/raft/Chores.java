package io.dkron.ejb.raft;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.core.store.LocalStore;
import io.dkron.ejb.raft.log.SnapshotReference;
import io.dkron.ejb.raft.protocol.Progress;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a member does regularly: each bounds its log, the leader lets in servers that have caught up and removes those that
 * gossip forgot (protocol P22). Of one thread.
 */
final class Chores {
    private static final Logger LOG = System.getLogger(Chores.class.getName());
    /** A server counts once it lacks no more entries than this. */
    static final long CLOSE = 1000;
    /** And was heard of so lately. */
    static final long LATELY_MILLIS = 5000;
    /** Below so many servers none is removed without an operator. */
    static final int FEWEST = 3;

    private static final long LEAST_LOG = 16L << 20;
    private static final long MOST_LOG = 512L << 20;

    private final GroupFile file;
    private final Peers peers;
    /** Raft ids that gossip showed since this process runs: only those can be forgotten. */
    private final Set<String> shown = new HashSet<>();

    Chores(GroupFile file, Peers peers) {
        this.file = Objects.requireNonNull(file, "file");
        this.peers = Objects.requireNonNull(peers, "peers");
    }

    /** Of a leader that may. */
    void lead(RaftMember member) {
        Set<String> now = peers.all().stream()
                .flatMap(peer -> peer.attribute(Peer.RAFT_ID).stream())
                .collect(Collectors.toSet());
        shown.addAll(now);
        List<String> members = member.members();
        if (letsIn(member, members)) {
            return; // one change at a time
        }
        if (members.size() > FEWEST) {
            members.stream()
                    .filter(id -> shown.contains(id)
                            && !now.contains(id)
                            && !member.present().contains(id))
                    .findFirst()
                    .ifPresent(id -> remove(member, id, "it was forgotten"));
        }
    }

    /**
     * Takes the first server that can become a member, and answers whether it found one. One that never answers stands in
     * nobody's way: neither of the next joiner nor of what is to be removed.
     */
    private boolean letsIn(RaftMember member, List<String> members) {
        for (Progress joiner : member.progress()) {
            if (members.contains(joiner.id()) || file.state().removed().contains(joiner.id())) {
                continue;
            }
            Optional<String> replaced = former(joiner.id(), member);
            if (replaced.isPresent()) {
                remove(member, replaced.get(), "its node came back with an empty disk");
                return true;
            }
            if (joiner.match() > 0 // it answered, so that it is known what it has
                    && joiner.behind() <= CLOSE
                    && joiner.silentMillis() <= LATELY_MILLIS) {
                add(member, joiner.id());
                return true;
            }
        }
        return false;
    }

    /** The member that is the same node with the disk that it had before. */
    private static Optional<String> former(String joiner, RaftMember member) {
        return member.members().stream()
                .filter(id -> node(id).equals(node(joiner)) && !member.present().contains(id))
                .findFirst();
    }

    /** The node's name in a Raft id. */
    static String node(String raftId) {
        int mark = raftId.lastIndexOf('#');
        return mark < 0 ? raftId : raftId.substring(0, mark);
    }

    private static void add(RaftMember member, String id) {
        member.add(id).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.log(Level.DEBUG, "server not added yet id=" + id, failure);
                return;
            }
            LOG.log(Level.INFO, "server added id={0}", id);
            if (member.members().size() == 2) {
                LOG.log(
                        Level.WARNING,
                        "two servers tolerate no loss: when one is away the other cannot decide; add a third");
            }
        });
    }

    private static void remove(RaftMember member, String id, String why) {
        member.remove(id).whenComplete((done, failure) -> {
            if (failure == null) {
                LOG.log(Level.INFO, "server removed id={0} reason={1}", id, why);
            } else {
                LOG.log(Level.DEBUG, "server not removed yet id=" + id, failure);
            }
        });
    }

    /** Bounds the log by bytes in proportion to the state; the newer half of it stays for servers that are a little behind. */
    static void bound(RaftMember member, LocalStore store) {
        long limit = Math.min(MOST_LOG, Math.max(LEAST_LOG, store.size() / 2));
        long bytes = member.logBytes();
        if (bytes <= limit) {
            return;
        }
        Optional<SnapshotReference> mark = member.mark();
        if (mark.isEmpty()) {
            return;
        }
        store.sync();
        int keep = (int) Math.min(Integer.MAX_VALUE, member.logEntries() / 2);
        member.compact(mark.get(), keep);
        LOG.log(
                Level.DEBUG,
                "log bounded index={0} bytes={1}",
                Long.toString(mark.get().index()),
                Long.toString(bytes));
    }
}
