package io.dkron.core.engine;

import java.util.OptionalLong;

/**
 * What a client demands of the stored job before its change applies.
 *
 * @param revision the job must exist with this revision ({@code If-Match}); empty for any
 * @param absent the job must not exist ({@code If-None-Match: *})
 */
public record Condition(OptionalLong revision, boolean absent) {
    /** No demand. */
    public static final Condition NONE = new Condition(OptionalLong.empty(), false);

    /** {@code If-None-Match: *}. */
    public static final Condition ABSENT = new Condition(OptionalLong.empty(), true);

    /** {@code If-Match}. */
    public static Condition revision(long revision) {
        return new Condition(OptionalLong.of(revision), false);
    }
}
