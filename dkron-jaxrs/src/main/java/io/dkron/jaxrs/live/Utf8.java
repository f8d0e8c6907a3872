package io.dkron.jaxrs.live;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Whether bytes are text. Stateless. */
final class Utf8 {
    private Utf8() {}

    static boolean valid(byte[] bytes) {
        return wholeCharacters(bytes) == bytes.length;
    }

    /**
     * How many of the first bytes are whole characters, where all but at most three at the end are; -1 where they are not
     * UTF-8.
     */
    static int wholeCharacters(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(Math.max(1, Math.min(bytes.length, 8192)));
        CoderResult result;
        do {
            out.clear();
            result = decoder.decode(in, out, false);
        } while (result.isOverflow());
        return result.isError() ? -1 : in.position();
    }
}
