package io.dkron.ejb.raft.protocol;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.Supplier;
import org.jgroups.Header;
import org.jgroups.protocols.raft.RaftHeader;
import org.jgroups.util.Bits;

/** What members say to each other around an election. */
public final class ElectionMessage extends RaftHeader {
    /** What it is; the number is part of the wire. */
    enum Kind {
        /** How far is your log, and do you see a leader? Binds nobody. */
        POLL,
        /** {@code yes}: no leader is seen. */
        POLL_ANSWER,
        /** Your log is the longest: stand. {@code yes}: although there is a leader, who hands over. */
        STAND,
        /** Vote for the sender. {@code yes}: although there is a leader, who hands over. */
        VOTE_REQUEST,
        /** {@code yes}: you have my vote in that term. */
        VOTE,
        /** The sender leads in that term. */
        LEADER
    }

    private static final Kind[] KINDS = Kind.values();

    private Kind kind = Kind.POLL;
    private long round;
    private long lastTerm;
    private long lastIndex;
    private boolean yes;

    /** For reading. */
    public ElectionMessage() {}

    ElectionMessage(Kind kind, long term, long round, long lastTerm, long lastIndex, boolean yes) {
        super(term);
        this.kind = kind;
        this.round = round;
        this.lastTerm = lastTerm;
        this.lastIndex = lastIndex;
        this.yes = yes;
    }

    Kind kind() {
        return kind;
    }

    /** Which question it is, or answers. */
    long round() {
        return round;
    }

    /** The term of the sender's last entry. */
    long lastTerm() {
        return lastTerm;
    }

    /** The index of the sender's last entry. */
    long lastIndex() {
        return lastIndex;
    }

    boolean yes() {
        return yes;
    }

    /** Whether the sender's log is further than one that ends so. */
    boolean isFurtherThan(long term, long index) {
        return lastTerm > term || (lastTerm == term && lastIndex > index);
    }

    @Override
    public short getMagicId() {
        return Wire.ELECTION_MESSAGE;
    }

    @Override
    public Supplier<? extends Header> create() {
        return ElectionMessage::new;
    }

    @Override
    public int serializedSize() {
        return super.serializedSize() + Bits.size(round) + Bits.size(lastTerm) + Bits.size(lastIndex) + 2;
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        super.writeTo(out);
        out.writeByte(kind.ordinal());
        Bits.writeLongCompressed(round, out);
        Bits.writeLongCompressed(lastTerm, out);
        Bits.writeLongCompressed(lastIndex, out);
        out.writeBoolean(yes);
    }

    @Override
    public void readFrom(DataInput in) throws IOException, ClassNotFoundException {
        super.readFrom(in);
        int number = in.readByte();
        if (number < 0 || number >= KINDS.length) {
            throw new IOException("an election message of unknown kind " + number);
        }
        kind = KINDS[number];
        round = Bits.readLongCompressed(in);
        lastTerm = Bits.readLongCompressed(in);
        lastIndex = Bits.readLongCompressed(in);
        yes = in.readBoolean();
    }

    @Override
    public String toString() {
        return kind + " term " + curr_term + " last " + lastIndex + " of term " + lastTerm + " " + yes;
    }
}
