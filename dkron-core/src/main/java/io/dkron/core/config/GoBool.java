package io.dkron.core.config;

import java.util.Optional;

/** Texts for a boolean as Go reads them, and so Dkron's settings and jobs. */
public final class GoBool {
    private GoBool() {}

    /** What the text says; empty when it is no boolean. */
    public static Optional<Boolean> parse(String text) {
        return switch (text) {
            case "true", "TRUE", "True", "t", "T", "1" -> Optional.of(true);
            case "false", "FALSE", "False", "f", "F", "0" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    /** Whether the text says true; anything that is no boolean does not. */
    public static boolean isTrue(String text) {
        return parse(text).orElse(false);
    }
}
