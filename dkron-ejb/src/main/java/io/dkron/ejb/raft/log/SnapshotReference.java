package io.dkron.ejb.raft.log;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands for the entries up to an index: not their state, which the store itself holds, but which state that is. It may
 * be written only after the store was forced to disk with at least that index (protocol P9).
 *
 * @param index the last entry that the state reflects, 1 or more
 * @param term the Raft term of that entry
 * @param members the Raft ids that were members when that entry was applied
 * @param hash what the state's owner compares states by; empty when it does not
 */
public record SnapshotReference(long index, long term, List<String> members, String hash) {
    private static final int FORM = 1;

    public SnapshotReference {
        if (index < 1 || term < 0) {
            throw new IllegalArgumentException("index " + index + " of term " + term + " is no entry");
        }
        members = List.copyOf(members);
    }

    /** The same reference with that hash. */
    public SnapshotReference withHash(String newHash) {
        return new SnapshotReference(index, term, members, newHash);
    }

    /** The bytes that {@link #decode} reads. */
    public byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORM);
            out.writeLong(index);
            out.writeLong(term);
            out.writeUTF(hash);
            out.writeInt(members.size());
            for (String member : members) {
                out.writeUTF(member);
            }
        } catch (IOException impossible) {
            throw new IllegalStateException("writing to memory failed", impossible);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote; the buffer's position stays.
     *
     * @throws IOException when these are other bytes
     */
    public static SnapshotReference decode(ByteBuffer encoded) throws IOException {
        byte[] bytes = new byte[encoded.remaining()];
        encoded.duplicate().get(bytes);
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int form = in.readByte();
            if (form != FORM) {
                throw new IOException("a reference of form " + form + ", known is " + FORM);
            }
            long index = in.readLong();
            long term = in.readLong();
            String hash = in.readUTF();
            int count = in.readInt();
            List<String> members = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                members.add(in.readUTF());
            }
            return new SnapshotReference(index, term, members, hash);
        } catch (IllegalArgumentException e) {
            throw new IOException("no reference: " + e.getMessage(), e);
        }
    }
}
