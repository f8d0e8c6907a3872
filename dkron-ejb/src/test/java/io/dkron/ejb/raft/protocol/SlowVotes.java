package io.dkron.ejb.raft.protocol;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jgroups.Message;
import org.jgroups.stack.Protocol;

/** Who stands asks for votes only after a while, as with a slow disk, to which its own vote is written first. */
public final class SlowVotes extends Protocol {
    private static final short ELECTION = new SafeElection().getId();

    private final Duration write;

    /** @param write how long the disk takes */
    public SlowVotes(Duration write) {
        this.write = write;
    }

    @Override
    public Object down(Message message) {
        ElectionMessage said = message.getHeader(ELECTION);
        if (said != null && said.kind() == ElectionMessage.Kind.VOTE_REQUEST) {
            LockSupport.parkNanos(write.toNanos());
        }
        return down_prot.down(message);
    }
}
