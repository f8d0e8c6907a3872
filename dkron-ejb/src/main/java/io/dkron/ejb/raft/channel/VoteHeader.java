package io.dkron.ejb.raft.channel;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jgroups.Address;
import org.jgroups.Global;
import org.jgroups.Header;
import org.jgroups.protocols.raft.RaftHeader;
import org.jgroups.util.Util;

/** What servers say to choose a leader. */
public final class VoteHeader extends RaftHeader {
    static final short MAGIC = 2302;

    /** What is said. */
    enum Kind {
        /** Who calls an election asks for a vote in its term. */
        REQUEST,
        /** A vote, with the end of the voter's log. */
        VOTE,
        /** No vote: the voter is in a higher term. */
        REFUSAL,
        /** A majority voted; this one leads in the term. */
        ELECTED,
        /** The leader asks the receiver to call an election and to win it. */
        HAND_OVER
    }

    private Kind kind = Kind.REQUEST;
    private long lastTerm;
    private long lastIndex;
    private Address leader;

    /** For the receiver. */
    public VoteHeader() {}

    VoteHeader(Kind kind, long term) {
        super(term);
        this.kind = kind;
    }

    static VoteHeader vote(long term, LogEnd end) {
        VoteHeader header = new VoteHeader(Kind.VOTE, term);
        header.lastTerm = end.term();
        header.lastIndex = end.index();
        return header;
    }

    static VoteHeader elected(long term, Address leader) {
        VoteHeader header = new VoteHeader(Kind.ELECTED, term);
        header.leader = leader;
        return header;
    }

    Kind kind() {
        return kind;
    }

    LogEnd end() {
        return new LogEnd(lastTerm, lastIndex);
    }

    Optional<Address> leader() {
        return Optional.ofNullable(leader);
    }

    @Override
    public short getMagicId() {
        return MAGIC;
    }

    @Override
    public Supplier<? extends Header> create() {
        return VoteHeader::new;
    }

    @Override
    public int serializedSize() {
        return super.serializedSize() + Global.BYTE_SIZE + 2 * Global.LONG_SIZE + Util.size(leader);
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        super.writeTo(out);
        out.writeByte(kind.ordinal());
        out.writeLong(lastTerm);
        out.writeLong(lastIndex);
        Util.writeAddress(leader, out);
    }

    @Override
    public void readFrom(DataInput in) throws IOException, ClassNotFoundException {
        super.readFrom(in);
        int ordinal = in.readByte();
        if (ordinal < 0 || ordinal >= Kind.values().length) {
            throw new IOException("unknown kind of vote: " + ordinal);
        }
        kind = Kind.values()[ordinal];
        lastTerm = in.readLong();
        lastIndex = in.readLong();
        leader = Util.readAddress(in);
    }

    @Override
    public String toString() {
        return kind + "[term=" + curr_term + ", end=" + lastTerm + "/" + lastIndex + ", leader=" + leader + "]";
    }

    /** The newest entry of a log: its term decides who has more, then its index. */
    record LogEnd(long term, long index) implements Comparable<LogEnd> {
        @Override
        public int compareTo(LogEnd other) {
            return term != other.term ? Long.compare(term, other.term) : Long.compare(index, other.index);
        }
    }
}
