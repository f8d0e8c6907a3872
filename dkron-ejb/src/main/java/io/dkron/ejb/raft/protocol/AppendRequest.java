package io.dkron.ejb.raft.protocol;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.Supplier;
import org.jgroups.Header;
import org.jgroups.protocols.raft.RaftHeader;
import org.jgroups.util.Bits;

/** Leader to follower: the entries in the message follow that one; without entries, a heartbeat that checks it. */
public final class AppendRequest extends RaftHeader {
    private long prevIndex;
    private long prevTerm;
    private long commit;
    private AppliedHash.Block hash = AppliedHash.Block.NONE;

    /** For reading. */
    public AppendRequest() {}

    AppendRequest(long term, long prevIndex, long prevTerm, long commit, AppliedHash.Block hash) {
        super(term);
        this.prevIndex = prevIndex;
        this.prevTerm = prevTerm;
        this.commit = commit;
        this.hash = hash;
    }

    long prevIndex() {
        return prevIndex;
    }

    long prevTerm() {
        return prevTerm;
    }

    long commit() {
        return commit;
    }

    AppliedHash.Block hash() {
        return hash;
    }

    @Override
    public short getMagicId() {
        return Wire.APPEND_REQUEST;
    }

    @Override
    public Supplier<? extends Header> create() {
        return AppendRequest::new;
    }

    @Override
    public int serializedSize() {
        return super.serializedSize()
                + Bits.size(prevIndex)
                + Bits.size(prevTerm)
                + Bits.size(commit)
                + Bits.size(hash.last())
                + Long.BYTES;
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        super.writeTo(out);
        Bits.writeLongCompressed(prevIndex, out);
        Bits.writeLongCompressed(prevTerm, out);
        Bits.writeLongCompressed(commit, out);
        Bits.writeLongCompressed(hash.last(), out);
        out.writeLong(hash.value());
    }

    @Override
    public void readFrom(DataInput in) throws IOException, ClassNotFoundException {
        super.readFrom(in);
        prevIndex = Bits.readLongCompressed(in);
        prevTerm = Bits.readLongCompressed(in);
        commit = Bits.readLongCompressed(in);
        hash = new AppliedHash.Block(Bits.readLongCompressed(in), in.readLong());
    }

    @Override
    public String toString() {
        return "append after " + prevIndex + " of term " + prevTerm + ", commit " + commit + ", term " + curr_term;
    }
}
