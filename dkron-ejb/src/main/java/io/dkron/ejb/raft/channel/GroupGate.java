package io.dkron.ejb.raft.channel;

import java.util.Objects;
import java.util.function.Predicate;
import org.jgroups.Address;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.raft.NO_DUPES;
import org.jgroups.raft.util.Utils;

/**
 * Lets nobody into the channel who was removed, or whose Raft id a living server has already (protocol P10). One that asks
 * again because its first answer was late is let in.
 */
public final class GroupGate extends NO_DUPES {
    private static final short PROTOCOL = 1304;

    static {
        ClassConfigurator.addProtocol(PROTOCOL, GroupGate.class);
    }

    private final Predicate<String> removed;

    /** @param removed whether the server of a Raft id was removed for good */
    public GroupGate(Predicate<String> removed) {
        this.removed = Objects.requireNonNull(removed, "removed");
    }

    @Override
    protected boolean handleGmsHeader(GMS.GmsHeader header, Address sender) {
        boolean join = header.getType() == GMS.GmsHeader.JOIN_REQ
                || header.getType() == GMS.GmsHeader.JOIN_REQ_WITH_STATE_TRANSFER;
        if (!join) {
            return super.handleGmsHeader(header, sender);
        }
        Address joiner = header.getMember();
        if (removed.test(Utils.extractRaftId(joiner))) {
            sendJoinRejectedMessageTo(sender, "server " + joiner + " was removed from the cluster");
            return false;
        }
        View now = view;
        return now != null && now.containsMember(joiner) || super.handleGmsHeader(header, sender);
    }
}
