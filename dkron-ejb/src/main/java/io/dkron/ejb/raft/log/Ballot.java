package io.dkron.ejb.raft.log;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import org.jgroups.Address;
import org.jgroups.util.Util;

/**
 * Term and vote. Both are on the disk before a setter returns, whatever {@code fsync} says about entries: a member that
 * forgets them can vote twice (protocol P6). The term never falls, and a vote is never changed within a term.
 */
final class Ballot {
    private final WholeFile file;
    private long term;
    private Address vote;

    Ballot(Disk disk, java.nio.file.Path path) {
        file = new WholeFile(disk, path);
    }

    void load() throws IOException {
        Optional<ByteBuffer> content = file.read();
        if (content.isEmpty()) {
            return;
        }
        byte[] bytes = new byte[content.get().remaining()];
        content.get().get(bytes);
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            term = in.readLong();
            vote = Util.readAddress(in);
        } catch (ClassNotFoundException e) {
            throw new CorruptLogException(file.path(), 0, "unknown kind of vote: " + e.getMessage());
        }
    }

    long term() {
        return term;
    }

    Optional<Address> vote() {
        return Optional.ofNullable(vote);
    }

    /** A higher term takes the vote of the old one away. */
    void term(long newTerm) throws IOException {
        if (newTerm < term) {
            throw new IllegalStateException("the term cannot fall from " + term + " to " + newTerm);
        }
        if (newTerm > term) {
            store(newTerm, null);
        }
    }

    void vote(Address candidate) throws IOException {
        if (Objects.equals(candidate, vote)) {
            return;
        }
        if (vote != null) {
            throw new IllegalStateException("voted for " + vote + " in term " + term + ", not for " + candidate);
        }
        store(term, candidate);
    }

    private void store(long newTerm, Address newVote) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(newTerm);
            Util.writeAddress(newVote, out);
        }
        file.write(bytes.toByteArray());
        term = newTerm;
        vote = newVote;
    }
}
