package io.dkron.ejb.raft;

import java.nio.file.Path;
import org.jgroups.protocols.raft.InMemoryLog;
import org.jgroups.protocols.raft.Log;
import org.jgroups.protocols.raft.LogEntry;

/** Opens the log of a server. */
final class Logs {
    private Logs() {}

    /** @param applied index of the store; an empty log goes on from there */
    static Log open(Path folder, long applied) throws Exception {
        InMemoryLog log = new InMemoryLog();
        log.init(folder.toString(), java.util.Map.of());
        if (log.lastAppended() == 0 && applied > 0) {
            log.reinitializeTo(applied, new LogEntry(0, null));
        }
        return log;
    }
}
