package io.dkron.core.template;

/** A template that cannot be understood, or that does not fit what it is filled with. */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param line from 1
     * @param column from 1
     */
    TemplateException(int line, int column, String message) {
        super("line " + line + ", column " + column + ": " + message);
    }
}
