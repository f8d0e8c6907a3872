package io.dkron.core.job;

import java.util.Objects;
import java.util.Optional;

/**
 * The public name of an execution, {@code <number>-<node>}; unique within its job. The number is the instant of
 * recording in nanoseconds since 1970, raised where taken, and never changes. Ordered by number, then node.
 */
public record ExecutionId(long number, String node) implements Comparable<ExecutionId> {
    public ExecutionId {
        Objects.requireNonNull(node, "node");
    }

    /** Reads the text form; empty when it is not one. The node may itself contain {@code -}. */
    public static Optional<ExecutionId> parse(String text) {
        int dash = text.indexOf('-');
        if (dash < 1 || dash > 19 || dash == text.length() - 1) {
            return Optional.empty();
        }
        for (int i = 0; i < dash; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return Optional.empty();
            }
        }
        try {
            return Optional.of(new ExecutionId(Long.parseLong(text.substring(0, dash)), text.substring(dash + 1)));
        } catch (NumberFormatException e) {
            return Optional.empty(); // nineteen digits can still be too many
        }
    }

    @Override
    public int compareTo(ExecutionId other) {
        int byNumber = Long.compare(number, other.number);
        return byNumber != 0 ? byNumber : node.compareTo(other.node);
    }

    @Override
    public String toString() {
        return number + "-" + node;
    }
}
