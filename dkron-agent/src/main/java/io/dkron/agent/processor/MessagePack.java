package io.dkron.agent.processor;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * As much of MessagePack as Fluentd's forward protocol needs; the libraries for it reach into the JDK's memory, of which
 * JDK 25 warns at each start. For one thread.
 *
 * @see "https://github.com/msgpack/msgpack/blob/master/spec.md"
 */
final class MessagePack {
    private static final int LONGEST_ANSWER = 1 << 10;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    private final DataOutputStream out = new DataOutputStream(bytes);

    /** Begins an array of so many values, 15 at most. */
    MessagePack array(int size) {
        return head(0x90, size);
    }

    /** Begins a map of so many keys, each with its value, 15 at most. */
    MessagePack map(int size) {
        return head(0x80, size);
    }

    private MessagePack head(int kind, int size) {
        if (size < 0 || size > 15) {
            throw new IllegalArgumentException("size " + size);
        }
        return write(() -> out.writeByte(kind | size));
    }

    MessagePack text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return write(() -> {
            if (utf8.length < 32) {
                out.writeByte(0xA0 | utf8.length);
            } else if (utf8.length < 1 << 16) {
                out.writeByte(0xDA);
                out.writeShort(utf8.length);
            } else {
                out.writeByte(0xDB);
                out.writeInt(utf8.length);
            }
            out.write(utf8);
        });
    }

    /** Fluentd's EventTime: seconds and nanoseconds as extension 0. */
    MessagePack time(Instant time) {
        return write(() -> {
            out.writeByte(0xD7);
            out.writeByte(0);
            out.writeInt((int) time.getEpochSecond()); // the protocol has 32 bits
            out.writeInt(time.getNano());
        });
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    private interface Part {
        void write() throws IOException;
    }

    private MessagePack write(Part part) {
        try {
            part.write();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // an array takes any byte
        }
        return this;
    }

    /**
     * Reads a map of texts, as an acknowledgement is one.
     *
     * @throws IOException if the stream ends, or it is something else
     */
    static Map<String, String> texts(DataInputStream in) throws IOException {
        int head = in.readUnsignedByte();
        if ((head & 0xF0) != 0x80) {
            throw new IOException("answered something else than an acknowledgement; it may want a shared key");
        }
        Map<String, String> map = new TreeMap<>();
        for (int left = head & 0x0F; left > 0; left--) {
            map.put(text(in), text(in));
        }
        return map;
    }

    private static String text(DataInputStream in) throws IOException {
        int head = in.readUnsignedByte();
        int length;
        if ((head & 0xE0) == 0xA0) {
            length = head & 0x1F;
        } else if (head == 0xD9 || head == 0xC4) {
            length = in.readUnsignedByte();
        } else if (head == 0xDA || head == 0xC5) {
            length = in.readUnsignedShort();
        } else {
            throw new IOException("answered something that is no text");
        }
        if (length > LONGEST_ANSWER) {
            throw new IOException("answered a text of " + length + " bytes");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
