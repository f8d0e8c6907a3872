package io.dkron.core.executor;

import java.util.Objects;

/**
 * A key that an executor or processor understands, described for documentation and forms.
 *
 * @param name as in {@code executor_config}
 * @param required whether a run fails without it
 * @param secret whether its value is masked wherever it is shown
 * @param text what it means, one sentence
 */
public record ConfigKey(String name, boolean required, boolean secret, String text) {
    public ConfigKey {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(text, "text");
    }
}
