package io.dkron.ejb.raft.protocol;

import java.util.concurrent.CompletableFuture;
import org.jgroups.protocols.raft.LogEntry;

/** A command that waits to be written, then to be applied. */
record Proposal(byte[] command, int offset, int length, boolean internal, CompletableFuture<byte[]> answer) {
    LogEntry entry(long term) {
        return new LogEntry(term, command, offset, length, internal);
    }
}
