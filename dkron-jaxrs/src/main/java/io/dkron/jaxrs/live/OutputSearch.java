package io.dkron.jaxrs.live;

import io.dkron.core.json.JsonOut;
import io.dkron.ejb.service.PrintedOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines of an output that contain a text. Bytes are compared, so case counts. Of a line longer than {@link #LINE}
 * bytes the first part is shown, and a match that lies across such parts is not found: memory stays bounded.
 *
 * @param more whether there are further lines beyond the limit
 */
record OutputSearch(List<Line> lines, boolean more) {
    private static final int PIECE = 1 << 20;
    private static final int LINE = 64 << 10;
    private static final int SHOWN = 1_000;

    /**
     * A line that matches.
     *
     * @param number from 1, of those that are there
     * @param offset of its first byte in all that was printed
     */
    record Line(long number, long offset, String text) {}

    OutputSearch {
        lines = List.copyOf(lines);
    }

    /**
     * Looks through all of it.
     *
     * @param limit most lines
     */
    static OutputSearch in(PrintedOutput output, String text, int limit) throws IOException {
        Search search = new Search(text.getBytes(StandardCharsets.UTF_8), limit, output.cut());
        byte[] piece;
        for (long at = 0; at < output.length() && !search.more; at += piece.length) {
            piece = output.read(at, PIECE);
            search.look(piece);
        }
        search.end();
        return new OutputSearch(search.found, search.more);
    }

    void write(JsonOut json) {
        json.startObject().name("lines").startArray();
        for (Line line : lines) {
            json.startObject()
                    .number("line", line.number())
                    .number("offset", line.offset())
                    .text("text", line.text())
                    .endObject();
        }
        json.endArray().bool("more", more).endObject();
    }

    /** Goes through an output once. */
    private static final class Search {
        private final byte[] wanted;
        private final int limit;
        private final List<Line> found = new ArrayList<>();
        private final ByteArrayOutputStream part = new ByteArrayOutputStream();
        private long number = 1;
        private long start;
        private long at;
        private boolean taken; // this line is found already
        private boolean more;

        private Search(byte[] wanted, int limit, long cut) {
            this.wanted = wanted;
            this.limit = limit;
            this.start = cut;
            this.at = cut;
        }

        private void look(byte[] piece) {
            for (byte b : piece) {
                at++;
                if (b == '\n') {
                    end();
                    number++;
                    start = at;
                    taken = false;
                } else {
                    part.write(b);
                    if (part.size() == LINE) {
                        end();
                    }
                }
            }
        }

        private void end() {
            byte[] line = part.toByteArray();
            part.reset();
            if (taken || !contains(line)) {
                return;
            }
            if (found.size() == limit) {
                more = true;
                return;
            }
            taken = true;
            String text = new String(line, StandardCharsets.UTF_8);
            found.add(new Line(number, start, text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text));
        }

        private boolean contains(byte[] line) {
            for (int from = 0; from + wanted.length <= line.length; from++) {
                int same = 0;
                while (same < wanted.length && line[from + same] == wanted[same]) {
                    same++;
                }
                if (same == wanted.length) {
                    return true;
                }
            }
            return false;
        }
    }
}
