package io.dkron.ejb.raft;

import io.dkron.ejb.raft.protocol.SafeElection;
import io.dkron.ejb.raft.protocol.SafeRaft;
import java.util.Iterator;
import org.jgroups.Message;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MessageBatch;

/** Keeps back what Raft says, and with it all that is sent in order, but no heartbeats. */
final class Gag extends Protocol {
    private static final short RAFT = new SafeRaft().getId();
    private static final short ELECTION = new SafeElection().getId();

    /** Nothing goes out. */
    volatile boolean mute;
    /** Nothing comes in. */
    volatile boolean deaf;

    Gag mute() {
        mute = true;
        return this;
    }

    @Override
    public Object up(Message message) {
        return deaf && isRaft(message) ? null : up_prot.up(message);
    }

    @Override
    public void up(MessageBatch batch) {
        for (Iterator<Message> each = batch.iterator(); each.hasNext(); ) {
            if (isRaft(each.next()) && deaf) {
                each.remove();
            }
        }
        if (!batch.isEmpty()) {
            up_prot.up(batch);
        }
    }

    @Override
    public Object down(Message message) {
        return mute && isRaft(message) ? null : down_prot.down(message);
    }

    private static boolean isRaft(Message message) {
        return message.getHeader(RAFT) != null || message.getHeader(ELECTION) != null;
    }
}
