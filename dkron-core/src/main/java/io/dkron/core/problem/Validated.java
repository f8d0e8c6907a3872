package io.dkron.core.problem;

import java.util.List;
import java.util.function.Function;

/** The outcome of checking an input: the value, or every fault of it. Immutable. */
public sealed interface Validated<T> {
    /** Nothing is wrong. */
    record Valid<T>(T value) implements Validated<T> {
        @Override
        public T orThrow() {
            return value;
        }

        @Override
        public List<Problem> problems() {
            return List.of();
        }

        @Override
        public <R> R match(Function<T, R> valid, Function<List<Problem>, R> invalid) {
            return valid.apply(value);
        }
    }

    /** At least one fault, in field order. */
    record Invalid<T>(List<Problem> problems) implements Validated<T> {
        public Invalid {
            problems = List.copyOf(problems);
            if (problems.isEmpty()) {
                throw new IllegalArgumentException("invalid without a problem");
            }
        }

        @Override
        public T orThrow() {
            throw new InvalidInputException(problems);
        }

        @Override
        public <R> R match(Function<T, R> valid, Function<List<Problem>, R> invalid) {
            return invalid.apply(problems);
        }
    }

    /** @throws InvalidInputException with every fault */
    T orThrow();

    /** Empty when valid. */
    List<Problem> problems();

    <R> R match(Function<T, R> valid, Function<List<Problem>, R> invalid);
}
