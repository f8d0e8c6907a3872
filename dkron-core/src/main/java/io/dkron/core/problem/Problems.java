package io.dkron.core.problem;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Collects the faults of one input, in the order of its fields. Not thread-safe; used within one check. */
public final class Problems {
    private final List<Problem> found = new ArrayList<>();

    /** Notes a fault. */
    public Problems add(String field, String message) {
        found.add(new Problem(field, message));
        return this;
    }

    /** Notes all of these faults. */
    public Problems addAll(List<Problem> problems) {
        found.addAll(problems);
        return this;
    }

    /** Notes a fault unless the condition holds. */
    public Problems unless(boolean condition, String field, String message) {
        return condition ? this : add(field, message);
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** The faults so far, as an unchangeable copy. */
    public List<Problem> list() {
        return List.copyOf(found);
    }

    /** Throws when there is a fault. */
    public void orThrow() {
        if (!found.isEmpty()) {
            throw new InvalidInputException(list());
        }
    }

    /** The value where nothing is wrong, else the faults; {@code value} is only asked for in the first case. */
    public <T> Validated<T> orValue(Supplier<T> value) {
        return found.isEmpty() ? new Validated.Valid<>(value.get()) : new Validated.Invalid<>(list());
    }
}
