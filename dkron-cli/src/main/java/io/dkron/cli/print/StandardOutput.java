package io.dkron.cli.print;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Where a command prints: text in UTF-8 whatever the locale, and bytes as they are. Each line goes out at once. */
public final class StandardOutput extends PrintWriter {
    private final OutputStream bytes;

    public StandardOutput(OutputStream bytes) {
        super(bytes, true, StandardCharsets.UTF_8);
        this.bytes = bytes;
    }

    /**
     * Writes bytes after all that was printed before.
     *
     * @throws UncheckedIOException if nobody reads any more
     */
    public void bytes(byte[] more) {
        synchronized (lock) {
            flush();
            try {
                bytes.write(more);
                bytes.flush();
            } catch (IOException e) {
                throw new UncheckedIOException("nobody reads the output any more: " + e.getMessage(), e);
            }
        }
    }
}
