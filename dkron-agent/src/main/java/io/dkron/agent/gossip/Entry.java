package io.dkron.agent.gossip;

import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import java.util.Objects;
import java.util.Optional;

/**
 * What this node knows of a member. The member itself makes all of it but a failure, which others find out.
 *
 * @param session random, of one process: two processes of one node are told apart
 * @param startedAt when the process started, milliseconds since 1970; of two with one name the later has to go
 * @param sequence grows with each change that the member makes
 * @param lead the term that it claims to lead in
 * @param forgotten the member is no longer shown; kept a while, so that old news of it is known as old
 * @param since when the state began, {@link System#nanoTime()}
 */
record Entry(
        Peer peer, long session, long startedAt, long sequence, Optional<Fence> lead, boolean forgotten, long since) {
    Entry {
        Objects.requireNonNull(peer, "peer");
        Objects.requireNonNull(lead, "lead");
    }

    String id() {
        return peer.member().id();
    }

    String name() {
        return peer.member().name();
    }

    MemberStatus status() {
        return peer.member().status();
    }

    /** Whether the process runs as far as is known: alive or about to leave. */
    boolean present() {
        return !forgotten && (status() == MemberStatus.ALIVE || status() == MemberStatus.LEAVING);
    }

    boolean sameProcess(Entry other) {
        return id().equals(other.id()) && peer.starts() == other.peer.starts() && session == other.session;
    }

    /** Whether this is newer than what is known of the same node. */
    boolean newerThan(Entry other) {
        if (peer.starts() != other.peer.starts()) {
            return peer.starts() > other.peer.starts();
        }
        if (session != other.session) {
            return startedAt != other.startedAt ? startedAt < other.startedAt : session < other.session;
        }
        return sequence != other.sequence ? sequence > other.sequence : rank() > other.rank();
    }

    /** Of what is said about one sequence, a failure is news against life, and nothing against having been forgotten. */
    private int rank() {
        if (forgotten) {
            return 3;
        }
        return switch (status()) {
            case LEFT -> 2;
            case FAILED -> 1;
            default -> 0;
        };
    }

    Entry with(Peer changed) {
        return new Entry(changed, session, startedAt, sequence, lead, forgotten, since);
    }

    /** The member's own next word about itself. */
    Entry next(Peer changed, Optional<Fence> newLead, long now) {
        boolean sameState = changed.member().status() == status() && !forgotten;
        return new Entry(changed, session, startedAt, sequence + 1, newLead, false, sameState ? since : now);
    }

    Entry in(MemberStatus status, long now) {
        return new Entry(withStatus(peer, status), session, startedAt, sequence, lead, false, now);
    }

    Entry asForgotten(long now) {
        return new Entry(peer, session, startedAt, sequence, lead, true, now);
    }

    static Peer withStatus(Peer peer, MemberStatus status) {
        Member m = peer.member();
        return peer.with(new Member(
                m.id(), m.name(), m.address(), m.port(), m.rpcPort(), m.server(), m.tags(), status, m.journalId()));
    }
}
