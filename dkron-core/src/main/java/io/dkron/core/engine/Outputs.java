package io.dkron.core.engine;

import io.dkron.core.execution.OutputTail;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The stored output of an ended execution: the error line first, then the last part of what it printed. */
final class Outputs {
    private static final int LONGEST_REASON = 4 << 10;

    private Outputs() {}

    /** The line survives whatever the length of the output (jobs chapter, section 3). */
    static OutputTail withError(String error, OutputTail output, int limit) {
        byte[] line = error.isEmpty() ? new byte[0] : (error + "\n").getBytes(StandardCharsets.UTF_8);
        if (line.length > limit) {
            line = Arrays.copyOf(line, limit);
        }
        if (line.length == 0 && output.bytes().length <= limit) {
            return output;
        }
        int kept = Math.min(output.bytes().length, limit - line.length);
        byte[] joined = Arrays.copyOf(line, line.length + kept);
        System.arraycopy(output.bytes(), output.bytes().length - kept, joined, line.length, kept);
        return new OutputTail(joined, output.size() + line.length);
    }

    /** An output that is only a reason, which may quote what others said. */
    static OutputTail reason(String reason) {
        return withError(reason, OutputTail.EMPTY, LONGEST_REASON);
    }
}
