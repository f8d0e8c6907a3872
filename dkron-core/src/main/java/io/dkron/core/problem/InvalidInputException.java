package io.dkron.core.problem;

import java.util.List;
import java.util.stream.Collectors;

/** An input was refused; carries every fault. The edge that received the input translates it. */
public sealed class InvalidInputException extends RuntimeException permits MalformedInputException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public InvalidInputException(List<Problem> problems) {
        super(problems.stream()
                .map(p -> p.field().isEmpty() ? p.message() : p.field() + ": " + p.message())
                .collect(Collectors.joining("; ")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
