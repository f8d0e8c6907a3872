package io.dkron.core.job;

import java.util.Optional;
import java.util.function.Function;

/** Finds the constant of an enumeration by its word in JSON. */
final class Words {
    private Words() {}

    static <E> Optional<E> find(E[] all, Function<E, String> text, String word) {
        for (E each : all) {
            if (text.apply(each).equals(word)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
