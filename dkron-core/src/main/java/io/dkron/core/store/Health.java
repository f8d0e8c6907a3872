package io.dkron.core.store;

import java.util.Objects;

/**
 * Whether a store answers.
 *
 * @param up whether reads and commits can be expected to work
 * @param detail for a person: why not, or what is degraded; empty when all is well
 */
public record Health(boolean up, String detail) {
    public static final Health UP = new Health(true, "");

    public Health {
        Objects.requireNonNull(detail, "detail");
    }

    public static Health down(String why) {
        return new Health(false, why);
    }
}
