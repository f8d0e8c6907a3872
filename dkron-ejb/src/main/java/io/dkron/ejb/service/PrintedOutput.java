package io.dkron.ejb.service;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.ejb.live.OutputChunk;
import io.dkron.ejb.live.OutputExtent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What an execution printed, as much of it as there is at one moment: on its node, else in the store. That of a failure
 * begins with its reason, in one line. Positions count from the first byte that there is. Safe for many threads; may
 * read a file or ask another node.
 */
public final class PrintedOutput {
    /** Reads a part that lies within; at least a byte, at most as many as asked for. */
    @FunctionalInterface
    private interface Source {
        byte[] read(long position, int limit) throws IOException;
    }

    private final int reason;
    private final long cut;
    private final long length;
    private final Source source;

    private PrintedOutput(int reason, long cut, long length, Source source) {
        this.reason = reason;
        this.cut = cut;
        this.length = length;
        this.source = source;
    }

    /** What is stored of it. */
    static PrintedOutput stored(Execution execution) {
        byte[] bytes = execution.output().bytes();
        return stored(execution.output(), execution.state() == ExecutionState.FAILED ? firstLine(bytes) : 0);
    }

    /** What is stored of one that did not fail. */
    public static PrintedOutput stored(OutputTail output) {
        return stored(output, 0);
    }

    private static PrintedOutput stored(OutputTail output, int reason) {
        byte[] bytes = output.bytes();
        return new PrintedOutput(
                reason,
                output.size() - bytes.length,
                bytes.length,
                (position, limit) ->
                        Arrays.copyOfRange(bytes, (int) position, (int) Math.min(bytes.length, position + limit)));
    }

    /** What its node has. */
    static PrintedOutput onNode(Execution execution, OutputExtent extent, NodeOutputs nodes) {
        boolean failed = execution.state().ended() && !extent.error().isEmpty();
        byte[] line = failed ? (extent.error() + "\n").getBytes(StandardCharsets.UTF_8) : new byte[0];
        long there = line.length + extent.size() - extent.from();
        return new PrintedOutput(line.length, extent.from(), there, (position, limit) -> {
            if (position < line.length) {
                return Arrays.copyOfRange(line, (int) position, (int) Math.min(line.length, position + limit));
            }
            long offset = extent.from() + position - line.length;
            OutputChunk chunk = nodes.read(execution, offset, limit)
                    .orElseThrow(() -> new IOException("node " + execution.node()
                            + " does not answer, or has the output of " + execution.id() + " no more"));
            if (chunk.offset() != offset || chunk.bytes().length == 0) {
                throw new IOException("output of " + execution.id() + " was cut while it was read");
            }
            return chunk.bytes();
        });
    }

    private static int firstLine(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i + 1;
            }
        }
        return bytes.length;
    }

    /** How many bytes at the start are the reason of a failure, which the process did not print. */
    public int reason() {
        return reason;
    }

    /** How many bytes at the start are not there any more. */
    public long cut() {
        return cut;
    }

    /** How many bytes there are. */
    public long length() {
        return length;
    }

    /**
     * A part of it.
     *
     * @return at least a byte, unless the position is the end or beyond, or {@code limit} is 0
     * @throws IOException when it went away meanwhile, or its node did
     */
    public byte[] read(long position, int limit) throws IOException {
        int bounded = (int) Math.min(limit, length - position);
        return bounded <= 0 ? new byte[0] : source.read(position, bounded);
    }
}
