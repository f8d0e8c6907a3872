package io.dkron.ejb.raft.log;

import java.io.IOException;
import java.nio.file.Path;

/** A file of the log holds something that was never written there. Names the file and the offset in it. */
public final class CorruptLogException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final long offset;

    CorruptLogException(Path file, long offset, String problem) {
        super(file + ": damaged at byte " + offset + ": " + problem
                + "; restore the disk, or empty the data directory and join the cluster again");
        this.file = file.toString();
        this.offset = offset;
    }

    /** The file that is damaged. */
    public String file() {
        return file;
    }

    /** Where it is damaged, in bytes from its start. */
    public long offset() {
        return offset;
    }
}
