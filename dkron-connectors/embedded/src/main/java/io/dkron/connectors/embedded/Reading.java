package io.dkron.connectors.embedded;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** Reads pages that may be damaged: lengths are checked before anything is allocated. */
final class Reading {
    private Reading() {}

    static int checked(int length, ByteBuffer buff) {
        if (length < 0 || length > buff.remaining()) {
            throw PageChecksum.corrupt(null);
        }
        return length;
    }

    static void guarded(Runnable read) {
        try {
            read.run();
        } catch (BufferUnderflowException e) {
            throw PageChecksum.corrupt(e);
        }
    }
}
