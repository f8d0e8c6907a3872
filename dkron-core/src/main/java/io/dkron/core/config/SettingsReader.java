package io.dkron.core.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.dkron.core.config.Setting.Trait;
import io.dkron.core.problem.Problems;
import io.dkron.core.problem.Validated;
import io.dkron.core.time.GoDuration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** One reading of all settings: finds each value, turns its text into a value, and collects what is wrong. */
final class SettingsReader {
    private static final JsonFactory JSON = new JsonFactory();

    private final List<SettingSource> sources;
    private final List<NetAddress> machine;
    private final Problems problems = new Problems();
    private final List<String> warnings = new ArrayList<>();
    private final Map<Setting, Object> values = new EnumMap<>(Setting.class);
    private final Map<Setting, SettingSource.Given> given = new EnumMap<>(Setting.class);

    SettingsReader(List<SettingSource> sources, List<NetAddress> machine) {
        this.sources = sources;
        this.machine = machine;
    }

    Validated<Settings> read() {
        for (Setting setting : Setting.values()) {
            Optional<SettingSource.Given> found = find(setting);
            found.ifPresent(value -> take(setting, value));
            if (found.isEmpty() && !setting.fallback().isEmpty() && !byInterface(setting)) {
                values.put(
                        setting, value(setting, new SettingSource.Given(setting.key(), List.of(setting.fallback()))));
            }
        }
        ownAddresses();
        if (problems.isEmpty()) {
            new Conflicts(values, given, problems, warnings).check();
        }
        return problems.orValue(() -> new Settings(values, given, warnings));
    }

    /** Whether the file's {@code interface} says where to bind, and nothing stronger does. */
    private boolean byInterface(Setting setting) {
        return setting == Setting.BIND_ADDR && find(Setting.INTERFACE).isPresent();
    }

    /** What follows from other settings: the interface's address, and what a wildcard address is told as. */
    private void ownAddresses() {
        if (!values.containsKey(Setting.BIND_ADDR) && given.containsKey(Setting.INTERFACE)) {
            SettingSource.Given from = given.get(Setting.INTERFACE);
            values.put(
                    Setting.BIND_ADDR,
                    address(from, "{{ GetInterfaceIP \"" + values.get(Setting.INTERFACE) + "\" }}:8946"));
        } else if (given.containsKey(Setting.INTERFACE)) {
            warnings.add(given.get(Setting.INTERFACE).origin() + " has no effect beside bind-addr");
        }
        boolean wildcard = HostPort.parse(String.valueOf(values.get(Setting.BIND_ADDR)), Settings.GOSSIP_PORT)
                .filter(HostPort::isWildcard)
                .isPresent();
        if (wildcard && !values.containsKey(Setting.ADVERTISE_ADDR)) {
            values.put(
                    Setting.ADVERTISE_ADDR,
                    address(new SettingSource.Given("bind-addr", List.of()), "{{ GetPrivateIP }}"));
        }
    }

    private Optional<SettingSource.Given> find(Setting setting) {
        return sources.stream()
                .map(source -> source.find(setting))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private void take(Setting setting, SettingSource.Given found) {
        int before = problems.list().size();
        Object value = value(setting, found);
        if (problems.list().size() > before) {
            return;
        }
        values.put(setting, value);
        given.put(setting, found);
        if (setting.is(Trait.LATER)) {
            problems.add(found.origin(), "is not available yet; leave it out");
        } else if (setting.is(Trait.IGNORED)) {
            warnings.add(found.origin() + " has no effect here");
        } else if (setting.is(Trait.REFUSED) && !Boolean.FALSE.equals(value)) {
            problems.add(found.origin(), "is refused, because ignoring it would weaken security: " + setting.text());
        }
    }

    /** The typed value; notes a problem where there is none, and then answers anything. */
    private Object value(Setting setting, SettingSource.Given found) {
        if (!setting.isList() && found.texts().size() != 1) {
            problems.add(found.origin(), "takes one value, not " + found.texts().size());
            return "";
        }
        String text = found.texts().isEmpty() ? "" : found.texts().get(0);
        return switch (setting.type()) {
            case BOOL -> bool(found, text);
            case INT -> number(setting, found, text);
            case CHOICE -> choice(setting, found, text);
            case DURATION -> duration(found, text);
            case BYTES -> bytes(found, text);
            case ADDRESS -> address(found, text);
            case KEY -> key(found, text);
            case TAGS -> tags(found);
            case MAP -> map(found);
            case LIST -> setting == Setting.JOIN || setting == Setting.RETRY_JOIN ? addresses(found) : found.texts();
            case STRING, PATH -> text;
        };
    }

    private Object bool(SettingSource.Given found, String text) {
        Optional<Boolean> value = GoBool.parse(text);
        return value.isPresent() ? value.get() : wrong(found, "must be true or false, not \"" + text + "\"");
    }

    private Object number(Setting setting, SettingSource.Given found, String text) {
        try {
            long number = Long.parseLong(text.trim());
            if (number >= setting.min() && number <= setting.max()) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, together with the range.
        }
        return wrong(
                found, "must be a number from " + setting.min() + " to " + setting.max() + ", not \"" + text + "\"");
    }

    private Object choice(Setting setting, SettingSource.Given found, String text) {
        String word = text.toLowerCase(Locale.ROOT);
        if (setting.choices().contains(word)) {
            return word;
        }
        return wrong(found, "must be one of " + String.join(", ", setting.choices()) + ", not \"" + text + "\"");
    }

    private Object duration(SettingSource.Given found, String text) {
        List<String> reasons = new ArrayList<>();
        Optional<Duration> duration = GoDuration.parse(text, reasons::add);
        if (duration.isEmpty()) {
            return wrong(found, "must be a duration like 500ms or 1h30m: " + String.join("", reasons));
        }
        return duration.get().isNegative() ? wrong(found, "must not be negative, not " + text) : duration.get();
    }

    private Object bytes(SettingSource.Given found, String text) {
        var size = Bytes.parse(text);
        return size.isPresent() && size.getAsLong() > 0
                ? size.getAsLong()
                : wrong(found, "must be a size above 0 like 256000 or 64MiB, not \"" + text + "\"");
    }

    private Object address(SettingSource.Given found, String text) {
        try {
            String filled =
                    AddressTemplate.isIn(text) ? AddressTemplate.fill(text, machine, this::noPrivateAddress) : text;
            return HostPort.parse(filled, 0).isPresent()
                    ? filled
                    : wrong(found, "must be host:port, :port or [IPv6]:port, not \"" + filled + "\"");
        } catch (IllegalArgumentException e) {
            return wrong(found, e.getMessage());
        }
    }

    private void noPrivateAddress(String warning) {
        if (!machine.isEmpty() && !warnings.contains(warning)) { // an empty list: nobody looked
            warnings.add(warning);
        }
    }

    /** Addresses to join: a host each, with a port or not. */
    private Object addresses(SettingSource.Given found) {
        List<String> filled = new ArrayList<>();
        for (String text : found.texts()) {
            if (text.strip().startsWith("provider=")) {
                return wrong(
                        found, "this build finds no hosts by a cloud's provider; name the hosts, not \"" + text + "\"");
            }
            String address = String.valueOf(address(found, text.strip()));
            if (address.startsWith(":")) {
                wrong(found, "must name a host, not \"" + text + "\"");
            }
            filled.add(address);
        }
        return List.copyOf(filled);
    }

    private Object key(SettingSource.Given found, String text) {
        try {
            int length = Base64.getDecoder().decode(text.trim()).length;
            if (length == 16 || length == 24 || length == 32) {
                return text.trim();
            }
            return wrong(found, "must be 16, 24 or 32 bytes in base64, not " + length + " bytes");
        } catch (IllegalArgumentException e) {
            return wrong(found, "must be 16, 24 or 32 bytes in base64, and is no base64");
        }
    }

    private Object tags(SettingSource.Given found) {
        for (String tag : found.texts()) {
            if (tag.indexOf('=') <= 0) {
                wrong(found, "must be key=value, not \"" + tag + "\"");
            }
        }
        return found.texts();
    }

    /** A map comes as {@code key=value} texts from a file, and as one JSON object from elsewhere. */
    private Object map(SettingSource.Given found) {
        boolean json = found.texts().size() == 1 && found.texts().get(0).trim().startsWith("{");
        if (!json) {
            List<String> items = found.texts().stream()
                    .flatMap(text -> ListText.split(text).stream())
                    .toList();
            return tags(new SettingSource.Given(found.origin(), items));
        }
        List<String> items = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(found.texts().get(0))) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                if (!parser.nextToken().isScalarValue()) {
                    return wrong(found, "must be a JSON object of texts; " + key + " is none");
                }
                items.add(key + "=" + parser.getText());
            }
            return List.copyOf(items);
        } catch (IOException e) {
            return wrong(found, "must be a JSON object of texts");
        }
    }

    private Object wrong(SettingSource.Given found, String message) {
        problems.add(found.origin(), message);
        return "";
    }
}
