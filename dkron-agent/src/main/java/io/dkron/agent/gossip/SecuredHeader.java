package io.dkron.agent.gossip;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.Supplier;
import org.jgroups.Header;

/** Marks what {@link SecuredProtocol} made: an encrypted message, or a notice that one was refused. */
public final class SecuredHeader extends Header {
    /** Number of this class on the wire. */
    static final short MAGIC = 3101;

    /** The payload is an encrypted message. */
    static final byte SEALED = 1;
    /** Notice: you sent clear text, and here is a key. */
    static final byte NEEDS_KEY = 2;
    /** Notice: your key is another one. */
    static final byte WRONG_KEY = 3;
    /** Notice: you sent encrypted text, and here is no key. */
    static final byte NO_KEY = 4;

    private byte kind;

    /** For JGroups, which then calls {@link #readFrom}. */
    public SecuredHeader() {}

    SecuredHeader(byte kind) {
        this.kind = kind;
    }

    byte kind() {
        return kind;
    }

    @Override
    public short getMagicId() {
        return MAGIC;
    }

    @Override
    public Supplier<? extends Header> create() {
        return SecuredHeader::new;
    }

    @Override
    public int serializedSize() {
        return 1;
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        out.writeByte(kind);
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
        kind = in.readByte();
    }
}
