package io.dkron.core.problem;

import java.util.Objects;

/**
 * One fault of an input.
 *
 * @param field dotted path of the wrong field as the user wrote it ({@code executor_config.timeout}); empty when the
 *     input as a whole is wrong
 * @param message what is wrong, with the value seen unless it may be secret, in the user's words
 */
public record Problem(String field, String message) {
    public Problem {
        Objects.requireNonNull(field, "field");
        Objects.requireNonNull(message, "message");
    }
}
