package io.dkron.agent.gossip;

import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Gossip's messages as bytes. A message begins with the version of this form; a reader refuses versions that it does not
 * know. Times since are sent as ages, because clocks differ.
 */
final class Wire {
    static final byte VERSION = 1;
    private static final int LONGEST_TEXT = 64 << 10;
    private static final int MOST_ENTRIES = 100_000;
    private static final int MOST_PAIRS = 10_000;

    private Wire() {}

    /** What a message is about. */
    enum Kind {
        /** I am this, let me in (or: we lost each other). */
        HELLO,
        /** You are in, and this is what I know. */
        WELCOME,
        /** You are not let in. */
        REFUSED,
        /** News of members. */
        NEWS,
        /** What I know; answer with what you know better. */
        COMPARE,
        PING,
        PONG,
        /** Ask that member for me whether it is there. */
        ASK
    }

    /**
     * A message.
     *
     * @param sender entry of the sender; for heartbeats without tags and attributes
     * @param cluster what the sender goes by
     * @param entries for WELCOME, NEWS, COMPARE; for ASK the member asked for; for PONG the one that answered
     * @param number digest for PING, PONG; 1 for a HELLO of a node that is alone; for REFUSED the reason's number
     * @param text for REFUSED the reason, for PING, PONG and ASK the id of the member meant
     */
    record Packet(Kind kind, Entry sender, Optional<String> cluster, List<Entry> entries, long number, String text) {
        Packet {
            entries = List.copyOf(entries);
        }
    }

    static byte[] write(Packet packet, long now) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try {
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeByte(VERSION);
            out.writeByte(packet.kind().ordinal());
            entry(out, packet.sender(), now);
            optional(out, packet.cluster());
            out.writeInt(packet.entries().size());
            for (Entry entry : packet.entries()) {
                entry(out, entry, now);
            }
            out.writeLong(packet.number());
            text(out, packet.text());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return bytes.toByteArray();
    }

    /** @throws IOException when the bytes are no message of this version */
    static Packet read(byte[] bytes, int offset, int length, long now) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, offset, length));
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IOException("gossip of version " + version + ", this node speaks " + VERSION);
        }
        int kind = in.readByte();
        if (kind < 0 || kind >= Kind.values().length) {
            throw new IOException("no kind of message: " + kind);
        }
        Entry sender = entry(in, now);
        Optional<String> cluster = optional(in);
        int count = bounded(in.readInt(), MOST_ENTRIES);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(entry(in, now));
        }
        return new Packet(Kind.values()[kind], sender, cluster, entries, in.readLong(), text(in));
    }

    private static void entry(DataOutputStream out, Entry entry, long now) throws IOException {
        Peer peer = entry.peer();
        Member member = peer.member();
        text(out, member.id());
        text(out, member.name());
        text(out, member.address());
        out.writeShort(member.port());
        out.writeShort(member.rpcPort());
        out.writeBoolean(member.server());
        pairs(out, member.tags());
        out.writeByte(member.status().code());
        text(out, member.journalId());
        out.writeLong(peer.starts());
        optional(out, peer.clusterId());
        pairs(out, peer.attributes());
        out.writeLong(entry.session());
        out.writeLong(entry.startedAt());
        out.writeLong(entry.sequence());
        optional(out, entry.lead().map(Fence::clusterId));
        out.writeLong(entry.lead().map(Fence::term).orElse(0L));
        out.writeBoolean(entry.forgotten());
        out.writeLong(TimeUnit.NANOSECONDS.toMillis(now - entry.since()));
    }

    private static Entry entry(DataInputStream in, long now) throws IOException {
        Member member = new Member(
                text(in),
                text(in),
                text(in),
                in.readUnsignedShort(),
                in.readUnsignedShort(),
                in.readBoolean(),
                pairs(in),
                status(in.readByte()),
                text(in));
        Peer peer = new Peer(member, in.readLong(), optional(in), pairs(in));
        long session = in.readLong();
        long startedAt = in.readLong();
        long sequence = in.readLong();
        Optional<String> leadOf = optional(in);
        long term = in.readLong();
        boolean forgotten = in.readBoolean();
        long age = Math.max(0, Math.min(in.readLong(), TimeUnit.DAYS.toMillis(3650)));
        return new Entry(
                peer,
                session,
                startedAt,
                sequence,
                leadOf.map(id -> new Fence(id, term)),
                forgotten,
                now - TimeUnit.MILLISECONDS.toNanos(age));
    }

    private static MemberStatus status(byte code) throws IOException {
        for (MemberStatus status : MemberStatus.values()) {
            if (status.code() == code) {
                return status;
            }
        }
        throw new IOException("no state of a member: " + code);
    }

    private static void pairs(DataOutputStream out, Map<String, String> pairs) throws IOException {
        out.writeShort(pairs.size());
        for (Map.Entry<String, String> pair : pairs.entrySet()) {
            text(out, pair.getKey());
            text(out, pair.getValue());
        }
    }

    private static SortedMap<String, String> pairs(DataInputStream in) throws IOException {
        int count = bounded(in.readUnsignedShort(), MOST_PAIRS);
        SortedMap<String, String> pairs = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            pairs.put(text(in), text(in));
        }
        return pairs;
    }

    private static void optional(DataOutputStream out, Optional<String> text) throws IOException {
        out.writeBoolean(text.isPresent());
        if (text.isPresent()) {
            text(out, text.get());
        }
    }

    private static Optional<String> optional(DataInputStream in) throws IOException {
        return in.readBoolean() ? Optional.of(text(in)) : Optional.empty();
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bounded(bytes.length, LONGEST_TEXT));
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        byte[] bytes = new byte[bounded(in.readInt(), LONGEST_TEXT)];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static int bounded(int number, int most) throws IOException {
        if (number < 0 || number > most) {
            throw new IOException("a number out of range: " + number);
        }
        return number;
    }
}
