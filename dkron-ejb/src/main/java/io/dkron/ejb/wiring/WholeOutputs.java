package io.dkron.ejb.wiring;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.ejb.leader.Processing;
import io.dkron.ejb.live.OutputChunk;
import io.dkron.ejb.service.NodeOutputs;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * The whole output of an ended execution for its processors: what is stored where nothing was cut, else the file on its
 * node, which keeps it until the result is acknowledged.
 */
final class WholeOutputs implements Processing.WholeOutput {
    private static final int PART = 64 * 1_024;

    private final NodeOutputs nodes;
    private final long most;

    WholeOutputs(NodeOutputs nodes, long most) {
        this.nodes = nodes;
        this.most = most;
    }

    @Override
    public InputStream open(Execution execution) {
        byte[] kept = execution.output().bytes();
        if (!execution.output().truncated() || nodes.read(execution, 0, 1).isEmpty()) {
            return new ByteArrayInputStream(kept);
        }
        InputStream whole = new NodeStream(execution);
        return execution.state() == ExecutionState.SUCCESS
                ? whole
                : new SequenceInputStream(new ByteArrayInputStream(firstLine(kept)), whole);
    }

    /** The error line, which comes first in what is stored of a failure. */
    private static byte[] firstLine(byte[] kept) {
        for (int i = 0; i < kept.length; i++) {
            if (kept[i] == '\n') {
                return Arrays.copyOf(kept, i + 1);
            }
        }
        return kept;
    }

    /** Reads a file on a node part by part. */
    private final class NodeStream extends InputStream {
        private final Execution execution;
        private long offset;
        private ByteArrayInputStream part = new ByteArrayInputStream(new byte[0]);

        private NodeStream(Execution execution) {
            this.execution = execution;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int at, int length) {
            if (length == 0) {
                return 0;
            }
            if (part.available() == 0 && !next()) {
                return -1;
            }
            return part.read(into, at, length);
        }

        private boolean next() {
            int limit = (int) Math.min(PART, most - offset);
            Optional<OutputChunk> read = limit > 0 ? nodes.read(execution, offset, limit) : Optional.empty();
            if (read.isEmpty() || read.get().bytes().length == 0) {
                return false;
            }
            part = new ByteArrayInputStream(read.get().bytes());
            offset = read.get().end();
            return true;
        }
    }
}
