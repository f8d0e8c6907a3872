package io.dkron.core.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Where values come from: a command line, the environment, a file, MicroProfile Config. Looks up, judges nothing. */
@FunctionalInterface
public interface SettingSource {
    /**
     * What somebody wrote for a setting.
     *
     * @param origin how to name it to that person: {@code --http-addr}, {@code DKRON_HTTP_ADDR}
     * @param texts one text, or for a list the items already parted
     */
    record Given(String origin, List<String> texts) {
        public Given {
            texts = List.copyOf(texts);
        }
    }

    /** The value, empty when this source has none. */
    Optional<Given> find(Setting setting);

    /** The environment: {@code DKRON_HTTP_ADDR}; an empty variable counts as unset. */
    static SettingSource environment(Map<String, String> environment) {
        return setting -> setting.isVariable()
                ? line(setting, setting.variable(), Optional.ofNullable(environment.get(setting.variable())))
                : Optional.empty();
    }

    /** MicroProfile Config or another lookup by {@link Setting#property()}; an empty text counts as unset. */
    static SettingSource properties(Function<String, Optional<String>> lookup) {
        return setting -> line(setting, setting.property(), lookup.apply(setting.property()));
    }

    private static Optional<Given> line(Setting setting, String origin, Optional<String> text) {
        return text.filter(value -> !value.isEmpty())
                .map(value -> new Given(
                        origin,
                        switch (setting.type()) {
                            case LIST -> ListText.split(value);
                            case TAGS -> ListText.splitAtBlanks(value);
                            default -> List.of(value);
                        }));
    }
}
