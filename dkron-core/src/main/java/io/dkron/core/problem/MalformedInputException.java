package io.dkron.core.problem;

import java.util.List;

/** An input that could not be read: no JSON, or values of a wrong type, perhaps beside values that break a rule. */
public final class MalformedInputException extends InvalidInputException {
    private static final long serialVersionUID = 1L;

    public MalformedInputException(List<Problem> problems) {
        super(problems);
    }

    /** The input as a whole is wrong. */
    public static MalformedInputException whole(String message) {
        return new MalformedInputException(List.of(new Problem("", message)));
    }
}
