package io.dkron.agent.processor;

/** Where UTF-8 may be cut. Stateless. */
final class Characters {
    private Characters() {}

    /** How many of the first {@code length} bytes, at least 4, can be taken without splitting a character at their end. */
    static int whole(byte[] bytes, int length) {
        int start = length - 1;
        while (start > length - 4 && (bytes[start] & 0xC0) == 0x80) {
            start--;
        }
        return start + size(bytes[start]) > length ? start : length;
    }

    /** How many bytes a character takes that begins so; 1 for what begins none. */
    private static int size(byte first) {
        if ((first & 0xE0) == 0xC0) {
            return 2;
        }
        if ((first & 0xF0) == 0xE0) {
            return 3;
        }
        return (first & 0xF8) == 0xF0 ? 4 : 1;
    }
}
