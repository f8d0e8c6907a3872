package io.dkron.cli.doc;

import io.dkron.core.config.Setting;
import io.dkron.core.config.Setting.Trait;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** The reference of all settings as Markdown: {@code docs/configuration.md} is what this makes, and a test holds it. */
public final class ConfigurationReference {
    private static final String HEAD = """
            # Configuration

            Made from the table of settings (`io.dkron.core.config.Setting`); change it there.

            A setting has one name in four places. For `http-addr` these are:

            | where | how |
            |---|---|
            | command line | `--http-addr :8080` or `--http-addr=:8080` |
            | environment | `DKRON_HTTP_ADDR=:8080` |
            | file | `http-addr: ":8080"` |
            | MicroProfile Config (stock Open Liberty) | `dkron.http-addr`, so the environment too |

            A flag wins over the environment, that over the file, that over the default. Everything that is wrong is told at
            once, each by where it was written. A boolean flag stands alone or takes its value after `=`. A list flag may be
            repeated; one text is split at commas by CSV rules. An empty variable counts as unset; unknown `DKRON_*`
            variables are left alone. `DKRON_TAG` is split at blanks too.

            The file is the one that `config` names, else the first `dkron.EXT` in `/etc/dkron`, `$HOME/.dkron`, `./config`,
            EXT in the order json, toml, yaml, yml, properties. Its keys may use `_` for `-`; a list is a list, or one text
            split at commas. An unknown key warns with the nearest known name; a malformed file is an error with its line.

            A duration is written `500ms`, `10s`, `1h30m`; a size `256000`, `64MiB`, `1MB`.

            """;

    private ConfigurationReference() {}

    /** The whole page. */
    public static String page() {
        StringBuilder page = new StringBuilder(HEAD);
        page.append("## Settings\n\n");
        rows(page, setting -> !setting.is(Trait.LATER) && !setting.is(Trait.IGNORED) && !setting.is(Trait.REFUSED));
        page.append("\n## Not available yet\n\nChecked, and refused by name when given.\n\n");
        rows(page, setting -> setting.is(Trait.LATER));
        page.append("\n## Known from other versions\n\nAccepted with a warning, without effect: ")
                .append(names(setting -> setting.is(Trait.IGNORED)))
                .append(".\nAn error when switched on, because losing it in silence would weaken security: ")
                .append(names(setting -> setting.is(Trait.REFUSED)))
                .append(".\n");
        return page.toString();
    }

    private static List<Setting> settings(Predicate<Setting> wanted) {
        return Arrays.stream(Setting.values()).filter(wanted).toList();
    }

    private static String names(Predicate<Setting> wanted) {
        return String.join(
                ", ",
                settings(wanted).stream()
                        .map(setting -> "`" + setting.key() + "`")
                        .toList());
    }

    private static void rows(StringBuilder page, Predicate<Setting> wanted) {
        page.append("| name | type | default | meaning |\n|---|---|---|---|\n");
        for (Setting setting : settings(wanted)) {
            page.append("| `").append(setting.key()).append("` | ");
            page.append(type(setting)).append(" | ");
            page.append(setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "`");
            page.append(" | ").append(setting.text()).append(where(setting)).append(" |\n");
        }
    }

    private static String type(Setting setting) {
        return setting.choices().isEmpty()
                ? setting.type().label()
                : String.join(
                        ", ",
                        setting.choices().stream().map(word -> "`" + word + "`").toList());
    }

    private static String where(Setting setting) {
        String secret = setting.is(Trait.SECRET) ? "; secret, never shown" : "";
        if (setting.is(Trait.FILE_ONLY)) {
            return secret + " (file only)";
        }
        if (setting.is(Trait.NOT_A_FLAG)) {
            return secret + " (environment and file)";
        }
        return secret + (setting.is(Trait.NOT_IN_FILE) ? " (not in a file)" : "");
    }
}
