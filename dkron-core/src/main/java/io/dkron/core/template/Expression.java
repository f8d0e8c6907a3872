package io.dkron.core.template;

import java.util.List;

/** What an action computes. A pipe is a call whose last argument is what came before. */
sealed interface Expression {
    /** Where it stands. */
    int at();

    /** A text, number or truth value as written. */
    record Literal(Object value, int at) implements Expression {}

    /** A field of what the template is filled with. */
    record Field(String name, int at) implements Expression {}

    /** A function of the language. */
    record Call(String function, List<Expression> arguments, int at) implements Expression {
        public Call {
            arguments = List.copyOf(arguments);
        }
    }

    /** A method of a value. */
    record Method(Expression of, String name, List<Expression> arguments, int at) implements Expression {
        public Method {
            arguments = List.copyOf(arguments);
        }
    }
}
