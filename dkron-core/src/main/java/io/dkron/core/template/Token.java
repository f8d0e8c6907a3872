package io.dkron.core.template;

/**
 * A word of an action.
 *
 * @param text names and fields as written, without the leading dot of a field; literals as what they mean
 * @param value of a literal
 * @param spaced whether white space stands before it
 */
record Token(Kind kind, String text, Object value, boolean spaced, int at) {
    /** What it is. */
    enum Kind {
        /** A name: a function or a word of the language. */
        NAME,
        /** {@code .Name}; {@code .} alone has no text. */
        FIELD,
        /** A text, number or truth value. */
        LITERAL,
        OPEN,
        CLOSE,
        PIPE,
        /** The end of the action. */
        END
    }

    boolean is(Kind other) {
        return kind == other;
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }
}
