package io.dkron.agent.config;

import io.dkron.core.config.ListText;
import io.dkron.core.config.NearestName;
import io.dkron.core.config.Setting;
import io.dkron.core.config.SettingSource;
import io.dkron.core.config.SettingType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A configuration file, read whole: JSON, TOML, YAML or properties by its ending. Keys are the names of the settings, in
 * either case, {@code _} for {@code -} allowed; a list is a list, or one text parted at commas. Immutable.
 */
public final class ConfigFile implements SettingSource {
    /** Endings, in the order in which a default file is looked for. */
    public static final List<String> ENDINGS = List.of("json", "toml", "yaml", "yml", "properties");

    private final Path path;
    private final Map<Setting, Given> values;
    private final List<String> warnings;

    private ConfigFile(Path path, Map<Setting, Given> values, List<String> warnings) {
        this.path = path;
        this.values = values;
        this.warnings = List.copyOf(warnings);
    }

    /**
     * The first {@code dkron.ENDING} in {@code /etc/dkron}, {@code $HOME/.dkron} or {@code ./config}.
     *
     * @param home the user's folder
     * @param work the working directory
     */
    public static Optional<Path> findDefault(Path home, Path work) {
        return findIn(List.of(Path.of("/etc/dkron"), home.resolve(".dkron"), work.resolve("config")));
    }

    static Optional<Path> findIn(List<Path> folders) {
        return folders.stream()
                .flatMap(folder -> ENDINGS.stream().map(ending -> folder.resolve("dkron." + ending)))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /**
     * Reads a file.
     *
     * @throws ConfigFileException when there is no such file, or it is malformed: with its line where that is known
     */
    public static ConfigFile read(Path path) throws ConfigFileException {
        Map<String, Object> flat = new LinkedHashMap<>();
        flatten("", ConfigFormat.of(path).read(path), flat);
        Map<Setting, Given> values = new EnumMap<>(Setting.class);
        List<String> warnings = new ArrayList<>();
        flat.forEach((key, value) -> Setting.named(key)
                .filter(Setting::isFileKey)
                .ifPresentOrElse(
                        setting -> values.put(setting, new Given(path + ": " + key, texts(setting, value))),
                        () -> warnings.add(unknown(path, key))));
        return new ConfigFile(path, values, warnings);
    }

    public Path path() {
        return path;
    }

    @Override
    public Optional<Given> find(Setting setting) {
        return Optional.ofNullable(values.get(setting));
    }

    /** Keys that no setting has, each with the nearest name. */
    public List<String> warnings() {
        return warnings;
    }

    private static String unknown(Path path, String key) {
        List<String> known = Arrays.stream(Setting.values())
                .filter(Setting::isFileKey)
                .map(Setting::key)
                .toList();
        return path + ": unknown key " + key
                + NearestName.of(key, known)
                        .map(name -> "; did you mean " + name + "?")
                        .orElse("; ignored");
    }

    /** Nested maps become dotted keys, but for a map that is a setting's value. */
    private static void flatten(String prefix, Map<?, ?> map, Map<String, Object> flat) {
        map.forEach((name, value) -> {
            String key = prefix + name;
            boolean isValue = Setting.named(key)
                    .filter(setting -> setting.type() == SettingType.MAP)
                    .isPresent();
            if (value instanceof Map<?, ?> nested && !isValue) {
                flatten(key + ".", nested, flat);
            } else if (value != null) {
                flat.put(key, value);
            }
        });
    }

    private static List<String> texts(Setting setting, Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> entry.getKey().toString().toLowerCase(Locale.ROOT) + "=" + entry.getValue())
                    .toList();
        }
        if (value instanceof List<?> list) {
            return list.stream().map(String::valueOf).toList();
        }
        String text = value.toString();
        return setting.isList() ? ListText.split(text) : List.of(text);
    }
}
