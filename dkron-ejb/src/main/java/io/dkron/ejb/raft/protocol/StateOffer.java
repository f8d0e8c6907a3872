package io.dkron.ejb.raft.protocol;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.Supplier;
import org.jgroups.Header;
import org.jgroups.protocols.raft.RaftHeader;
import org.jgroups.util.Bits;

/** Leader to follower: the entries that you need are gone here, fetch my state. */
public final class StateOffer extends RaftHeader {
    private long first;

    /** For reading. */
    public StateOffer() {}

    StateOffer(long term, long first) {
        super(term);
        this.first = first;
    }

    /** The first entry that the leader still has. */
    long first() {
        return first;
    }

    @Override
    public short getMagicId() {
        return Wire.STATE_OFFER;
    }

    @Override
    public Supplier<? extends Header> create() {
        return StateOffer::new;
    }

    @Override
    public int serializedSize() {
        return super.serializedSize() + Bits.size(first);
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        super.writeTo(out);
        Bits.writeLongCompressed(first, out);
    }

    @Override
    public void readFrom(DataInput in) throws IOException, ClassNotFoundException {
        super.readFrom(in);
        first = Bits.readLongCompressed(in);
    }
}
