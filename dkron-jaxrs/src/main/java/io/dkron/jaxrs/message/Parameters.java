package io.dkron.jaxrs.message;

import io.dkron.core.problem.Problem;
import io.dkron.core.time.Rfc3339;
import io.dkron.jaxrs.problem.ApiProblem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads query parameters and gathers what is wrong with them, so that one answer names all. For one request. */
public final class Parameters {
    private final Query query;
    private final List<Problem> problems = new ArrayList<>();

    public Parameters(Query query) {
        this.query = query;
    }

    /** A whole number between the bounds. */
    public int number(String name, int least, int most, int otherwise) {
        Optional<String> text = query.value(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        if (text.get().matches("\\d{1,9}")) {
            int value = Integer.parseInt(text.get());
            if (value >= least && value <= most) {
                return value;
            }
        }
        wrong(name, "must be a whole number from " + least + " to " + most);
        return otherwise;
    }

    /** A text of so many characters, which must be there; empty beside the problem if it is not. */
    public String text(String name, int least, int most) {
        String text = query.value(name).orElse("");
        if (text.length() < least || text.length() > most) {
            wrong(name, "must be a text of " + least + " to " + most + " characters");
            return "";
        }
        return text;
    }

    /** {@code true} or {@code false}. */
    public Optional<Boolean> bool(String name) {
        Optional<String> text = query.value(name);
        if (text.isEmpty() || text.get().equals("true") || text.get().equals("false")) {
            return text.map(Boolean::valueOf);
        }
        wrong(name, "must be true or false");
        return Optional.empty();
    }

    public Optional<Instant> time(String name) {
        Optional<String> text = query.value(name);
        Optional<Instant> time = text.flatMap(Rfc3339::parseLenient);
        if (text.isPresent() && time.isEmpty()) {
            wrong(name, "must be a time such as 2006-01-02T15:04:05Z");
        }
        return time;
    }

    /** What {@code read} makes of the value; its empty answer is a problem. */
    public <T> Optional<T> choice(String name, Function<String, Optional<T>> read, String choices) {
        Optional<String> text = query.value(name);
        Optional<T> value = text.flatMap(read);
        if (text.isPresent() && value.isEmpty()) {
            wrong(name, "must be one of " + choices);
        }
        return value;
    }

    /** Whether {@code _order} says descending. */
    public boolean descending(boolean otherwise) {
        return choice(
                        "_order",
                        text -> text.equalsIgnoreCase("DESC")
                                ? Optional.of(true)
                                : text.equalsIgnoreCase("ASC") ? Optional.of(false) : Optional.empty(),
                        "ASC, DESC")
                .orElse(otherwise);
    }

    /** Rows {@code _start} to before {@code _end}. */
    public Rows rows() {
        int start = number("_start", 0, 999_999_999, 0);
        int end = number("_end", 0, 999_999_999, Integer.MAX_VALUE);
        if (start > end) {
            wrong("_start", "must not be greater than _end");
            return new Rows(0, 0);
        }
        return new Rows(start, end);
    }

    /**
     * A part of a list, half open.
     *
     * @param start from 0
     * @param end at least {@code start}; beyond the list means to its end
     */
    public record Rows(int start, int end) {
        /** That part of the list; empty past its end. */
        public <T> List<T> of(List<T> all) {
            int from = Math.min(start, all.size());
            return all.subList(from, Math.max(from, Math.min(end, all.size())));
        }

        public boolean sliced() {
            return start > 0 || end != Integer.MAX_VALUE;
        }
    }

    public void wrong(String name, String message) {
        problems.add(new Problem(name, message));
    }

    /** @throws ApiProblem naming every wrong parameter */
    public void check() {
        if (!problems.isEmpty()) {
            throw ApiProblem.parameters(problems);
        }
    }
}
