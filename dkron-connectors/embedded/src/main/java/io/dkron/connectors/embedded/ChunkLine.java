package io.dkron.connectors.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;

/**
 * The lines of text by which MVStore describes its file and the chunks in it: names with numbers in base 16, and a sum. They are
 * read by {@link RandomAccessFile}, since an opening can happen on a caller's thread, and an interrupt would close a channel.
 */
final class ChunkLine {
    private static final String SUM = "fletcher";

    private final HashMap<String, String> fields;

    private ChunkLine(HashMap<String, String> fields) {
        this.fields = fields;
    }

    /** A line somewhere in a file; one without fields when there is none, or its sum is wrong. */
    static ChunkLine read(RandomAccessFile file, long at, int longest) throws IOException {
        byte[] bytes = new byte[longest];
        String text = new String(bytes, 0, readFully(file, bytes, at), StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\n');
        if (end < 0) {
            return new ChunkLine(new HashMap<>());
        }
        HashMap<String, String> fields;
        try {
            fields = DataUtils.parseMap(text.substring(0, end).trim());
        } catch (MVStoreException e) { // what looks like a line is something else
            return new ChunkLine(new HashMap<>());
        }
        String sum = fields.remove(SUM);
        ChunkLine line = new ChunkLine(fields);
        return sum == null || sum.equals(Integer.toHexString(line.sum())) ? line : new ChunkLine(new HashMap<>());
    }

    /** @return how many bytes, fewer than asked for at the end of the file */
    static int readFully(RandomAccessFile file, byte[] into, long at) throws IOException {
        file.seek(at);
        int count = 0;
        int more = 0;
        while (count < into.length && more >= 0) {
            count += more;
            more = file.read(into, count, into.length - count);
        }
        return count;
    }

    boolean isEmpty() {
        return fields.isEmpty();
    }

    /** A number, -1 without one. */
    long number(String name) {
        try {
            return fields.containsKey(name) ? Long.parseLong(fields.get(name), 16) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** The line with other numbers. */
    ChunkLine with(Map<String, Long> numbers) {
        HashMap<String, String> changed = new HashMap<>(fields);
        numbers.forEach((name, number) -> changed.put(name, Long.toHexString(number)));
        return new ChunkLine(changed);
    }

    ChunkLine without(String name) {
        HashMap<String, String> changed = new HashMap<>(fields);
        changed.remove(name);
        return new ChunkLine(changed);
    }

    /** As it stands in the file, with its sum. */
    byte[] toBytes() {
        StringBuilder text = DataUtils.appendMap(new StringBuilder(), fields);
        DataUtils.appendMap(text, SUM, sum());
        return text.append('\n').toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private int sum() {
        byte[] bytes =
                DataUtils.appendMap(new StringBuilder(), fields).toString().getBytes(StandardCharsets.ISO_8859_1);
        return DataUtils.getFletcher32(bytes, 0, bytes.length);
    }
}
