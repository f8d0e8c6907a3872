package io.dkron.ejb.config;

import io.dkron.core.config.Settings;
import io.dkron.core.problem.Validated;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/** Reads the settings by MicroProfile Config, all problems at once. */
public final class SettingsReading {
    private final Config config;

    public SettingsReading(Config config) {
        this.config = Objects.requireNonNull(config, "config");
    }

    /** The settings, or everything that is wrong with them. */
    public Validated<Settings> read() {
        return Settings.from(this::value);
    }

    private Optional<String> value(String property) {
        // An empty value means unset, as an empty variable of the environment does.
        return config.getOptionalValue(property, String.class).filter(text -> !text.isEmpty());
    }
}
