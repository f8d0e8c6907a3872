package io.dkron.ejb.config;

import io.dkron.agent.config.ConfigFile;
import io.dkron.agent.config.ConfigFileException;
import io.dkron.agent.gossip.Interfaces;
import io.dkron.agent.process.ProcessBridge;
import io.dkron.core.config.Setting;
import io.dkron.core.config.SettingSource;
import io.dkron.core.config.Settings;
import io.dkron.core.problem.Problem;
import io.dkron.core.problem.Validated;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/**
 * Reads the settings by MicroProfile Config, all problems at once. Without our launcher, which has read it already, the
 * configuration file comes below.
 */
public final class SettingsReading {
    private final Config config;

    public SettingsReading(Config config) {
        this.config = Objects.requireNonNull(config, "config");
    }

    /** The settings, or everything that is wrong with them. */
    public Validated<Settings> read() {
        SettingSource properties = SettingSource.properties(this::value);
        if (ProcessBridge.isLaunched()) {
            return Settings.from(List.of(properties), Interfaces.ofThisMachine());
        }
        Optional<Path> path = value(Setting.CONFIG.property())
                .map(Path::of)
                .or(() -> ConfigFile.findDefault(Path.of(System.getProperty("user.home", "/")), Path.of("")));
        try {
            return path.isEmpty()
                    ? Settings.from(List.of(properties), Interfaces.ofThisMachine())
                    : Settings.from(List.of(properties, ConfigFile.read(path.get())), Interfaces.ofThisMachine());
        } catch (ConfigFileException e) {
            return new Validated.Invalid<>(List.of(new Problem(Setting.CONFIG.property(), e.getMessage())));
        }
    }

    private Optional<String> value(String property) {
        // An empty value means unset, as an empty variable of the environment does.
        return config.getOptionalValue(property, String.class).filter(text -> !text.isEmpty());
    }
}
