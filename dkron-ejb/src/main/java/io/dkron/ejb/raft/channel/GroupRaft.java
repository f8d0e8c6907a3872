package io.dkron.ejb.raft.channel;

import io.dkron.ejb.raft.protocol.SafeRaft;
import java.util.List;
import java.util.Objects;

/** Raft that tells of each change of members with its index, on its own thread, before it goes on. */
public final class GroupRaft extends SafeRaft {
    /** Takes note of the members. */
    public interface Members {
        /** The members are others from that entry on; recorded when this returns. */
        void changed(long index, List<String> raftIds);
    }

    private final Members noted;
    private volatile boolean started;

    public GroupRaft(Members noted) {
        this.noted = Objects.requireNonNull(noted, "noted");
    }

    @Override
    public void start() throws Exception {
        super.start();
        started = true;
    }

    @Override
    protected void _addServer(String name) {
        super._addServer(name);
        note();
    }

    @Override
    protected void _removeServer(String name) {
        super._removeServer(name);
        note();
    }

    private void note() {
        if (started) {
            noted.changed(commitIndex() + 1, members());
        }
    }
}
