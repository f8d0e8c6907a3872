package io.dkron.core.template;

import java.util.List;

/** A part of a template. */
sealed interface Node {
    /** Printed as it is. */
    record Text(String text) implements Node {}

    /** Prints what it computes. */
    record Print(Expression expression) implements Node {}

    /** Prints the one or the other. */
    record If(Expression condition, List<Node> then, List<Node> otherwise) implements Node {
        public If {
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }
    }
}
