package io.dkron.ejb.raft.protocol;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.Supplier;
import org.jgroups.Header;
import org.jgroups.protocols.raft.RaftHeader;
import org.jgroups.util.Bits;

/**
 * Follower to leader. Agreed: this log is the leader's up to {@code index}, checked entry by entry and on the disk; never
 * more than the request covered. Not agreed: {@code index} is the next entry to try.
 */
public final class AppendAnswer extends RaftHeader {
    private boolean agreed;
    private long index;
    private long prevIndex;
    private long commit;

    /** For reading. */
    public AppendAnswer() {}

    AppendAnswer(long term, boolean agreed, long index, long prevIndex, long commit) {
        super(term);
        this.agreed = agreed;
        this.index = index;
        this.prevIndex = prevIndex;
        this.commit = commit;
    }

    boolean agreed() {
        return agreed;
    }

    long index() {
        return index;
    }

    /** What the request said that its entries follow. */
    long prevIndex() {
        return prevIndex;
    }

    /** The follower's commit index. */
    long commit() {
        return commit;
    }

    @Override
    public short getMagicId() {
        return Wire.APPEND_ANSWER;
    }

    @Override
    public Supplier<? extends Header> create() {
        return AppendAnswer::new;
    }

    @Override
    public int serializedSize() {
        return super.serializedSize() + 1 + Bits.size(index) + Bits.size(prevIndex) + Bits.size(commit);
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        super.writeTo(out);
        out.writeBoolean(agreed);
        Bits.writeLongCompressed(index, out);
        Bits.writeLongCompressed(prevIndex, out);
        Bits.writeLongCompressed(commit, out);
    }

    @Override
    public void readFrom(DataInput in) throws IOException, ClassNotFoundException {
        super.readFrom(in);
        agreed = in.readBoolean();
        index = Bits.readLongCompressed(in);
        prevIndex = Bits.readLongCompressed(in);
        commit = Bits.readLongCompressed(in);
    }

    @Override
    public String toString() {
        return (agreed ? "agreed to " : "not agreed, try ") + index + ", commit " + commit + ", term " + curr_term;
    }
}
