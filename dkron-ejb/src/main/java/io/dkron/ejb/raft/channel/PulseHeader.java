package io.dkron.ejb.raft.channel;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.Supplier;
import org.jgroups.Global;
import org.jgroups.Header;

/** What a server tells the others twice a second. */
public final class PulseHeader extends Header {
    static final short MAGIC = 2301;

    private Vitals vitals = Vitals.NONE;
    private long number;
    private long echo;

    /** For the receiver. */
    public PulseHeader() {}

    PulseHeader(Vitals vitals, long number, long echo) {
        this.vitals = vitals;
        this.number = number;
        this.echo = echo;
    }

    Vitals vitals() {
        return vitals;
    }

    /** Of this pulse of its sender. */
    long number() {
        return number;
    }

    /** The newest number that the sender has from who it takes for the leader. */
    long echo() {
        return echo;
    }

    @Override
    public short getMagicId() {
        return MAGIC;
    }

    @Override
    public Supplier<? extends Header> create() {
        return PulseHeader::new;
    }

    @Override
    public int serializedSize() {
        return 7 * Global.LONG_SIZE + Global.BYTE_SIZE;
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        out.writeLong(vitals.term());
        out.writeBoolean(vitals.leads());
        out.writeLong(vitals.applied());
        out.writeLong(vitals.hash());
        out.writeLong(vitals.lastAppended());
        out.writeLong(vitals.members());
        out.writeLong(number);
        out.writeLong(echo);
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
        long term = in.readLong();
        boolean leads = in.readBoolean();
        vitals = new Vitals(term, leads, in.readLong(), in.readLong(), in.readLong(), in.readLong());
        number = in.readLong();
        echo = in.readLong();
    }
}
