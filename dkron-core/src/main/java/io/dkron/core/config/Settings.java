package io.dkron.core.config;

import io.dkron.core.problem.Validated;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The checked settings of a node. Immutable, safe from any thread. Every accessor answers the given value or else the
 * default; asking for a setting by the wrong type is an error of the program and throws ClassCastException.
 */
public final class Settings {
    /** Port of gossip where an address names none. */
    public static final int GOSSIP_PORT = 8946;

    private final Map<Setting, Object> values;
    private final Map<Setting, SettingSource.Given> given;
    private final List<String> warnings;

    Settings(Map<Setting, Object> values, Map<Setting, SettingSource.Given> given, List<String> warnings) {
        this.values = new EnumMap<>(values);
        this.given = given.isEmpty() ? new EnumMap<>(Setting.class) : new EnumMap<>(given);
        this.warnings = List.copyOf(warnings);
    }

    /** Reads by {@link Setting#property()}, as MicroProfile Config does it. */
    public static Validated<Settings> from(Function<String, Optional<String>> lookup) {
        return from(List.of(SettingSource.properties(lookup)));
    }

    /**
     * Reads and checks every setting.
     *
     * @param sources the strongest first; the first that has a value wins, defaults come last
     * @return the settings, or every problem, each named by where the wrong value was written
     */
    public static Validated<Settings> from(List<SettingSource> sources) {
        return from(sources, List.of());
    }

    /**
     * Reads and checks every setting on a machine.
     *
     * @param machine its addresses, for address templates; without any, a private address is 127.0.0.1
     */
    public static Validated<Settings> from(List<SettingSource> sources, List<NetAddress> machine) {
        return new SettingsReader(sources, machine).read();
    }

    /** All defaults. */
    public static Settings defaults() {
        return from(List.of()).orThrow();
    }

    /** Whether somebody gave this setting a value, be it the default's. */
    public boolean isGiven(Setting setting) {
        return given.containsKey(setting);
    }

    /** Whether there is a value, given or default. */
    public boolean has(Setting setting) {
        return values.containsKey(setting);
    }

    /** A text; empty when there is neither value nor default. */
    public String string(Setting setting) {
        return (String) values.getOrDefault(setting, "");
    }

    public boolean bool(Setting setting) {
        return (Boolean) values.getOrDefault(setting, false);
    }

    /** A number; 0 when there is neither value nor default. */
    public int integer(Setting setting) {
        return Math.toIntExact((Long) values.getOrDefault(setting, 0L));
    }

    /** A number of bytes; 0 when there is neither value nor default. */
    public long bytes(Setting setting) {
        return (Long) values.getOrDefault(setting, 0L);
    }

    /** A time span, not negative; zero when there is neither value nor default. */
    public Duration duration(Setting setting) {
        return (Duration) values.getOrDefault(setting, Duration.ZERO);
    }

    /** The items of a list; tags as {@code key=value}. */
    @SuppressWarnings("unchecked")
    public List<String> list(Setting setting) {
        return (List<String>) values.getOrDefault(setting, List.of());
    }

    /** A file or folder, empty when there is neither value nor default. */
    public Optional<Path> path(Setting setting) {
        return Optional.of(string(setting)).filter(text -> !text.isEmpty()).map(Path::of);
    }

    /** The tags that the user gave this node, in the order given; of a repeated key the last value holds. */
    public Map<String, String> tags() {
        Map<String, String> tags = new LinkedHashMap<>();
        boolean lines = isGiven(Setting.TAG);
        for (String line : list(lines ? Setting.TAG : Setting.TAGS)) {
            int equals = line.indexOf('=');
            String key = line.substring(0, equals);
            tags.put(lines ? key : key.toLowerCase(Locale.ROOT), line.substring(equals + 1));
        }
        return tags;
    }

    /** The address of API and dashboard; its host is empty when none was given. */
    public HostPort httpAddress() {
        HostPort address = HostPort.parse(string(Setting.HTTP_ADDR), 8080).orElseThrow();
        String host = isGiven(Setting.HTTP_HOST) ? string(Setting.HTTP_HOST) : address.host();
        int port = isGiven(Setting.HTTP_PORT) ? integer(Setting.HTTP_PORT) : address.port();
        return new HostPort(host, port);
    }

    /** Who may reach {@link #httpAddress()}. */
    public HttpAccess httpAccess() {
        return bool(Setting.INSECURE) ? HttpAccess.INSECURE : HttpAccess.LOOPBACK;
    }

    /** Where gossip listens; 0.0.0.0 or :: mean every interface. */
    public HostPort bindAddress() {
        HostPort bind = HostPort.parse(string(Setting.BIND_ADDR), GOSSIP_PORT).orElseThrow();
        return bind.host().isEmpty() || bind.host().equals("*") ? new HostPort("0.0.0.0", bind.port()) : bind;
    }

    /** Where others are told to find gossip; never a wildcard. */
    public HostPort advertisedAddress() {
        HostPort bind = bindAddress();
        return string(Setting.ADVERTISE_ADDR).isEmpty()
                ? bind
                : HostPort.parse(string(Setting.ADVERTISE_ADDR), bind.port()).orElseThrow();
    }

    /** Where RPC listens. */
    public HostPort rpcAddress() {
        return new HostPort(bindAddress().host(), integer(Setting.RPC_PORT));
    }

    /** Where Raft listens, on servers with the embedded store. */
    public HostPort raftAddress() {
        return new HostPort(bindAddress().host(), integer(Setting.RAFT_PORT));
    }

    /** Whom to join, of both lists. */
    public List<HostPort> joinAddresses() {
        return Stream.concat(list(Setting.JOIN).stream(), list(Setting.RETRY_JOIN).stream())
                .distinct()
                .map(text -> HostPort.parse(text, GOSSIP_PORT).orElseThrow())
                .toList();
    }

    /** How long a failed member is remembered. */
    public Duration reconnectTimeout() {
        boolean alias = !isGiven(Setting.SERF_RECONNECT_TIMEOUT) && isGiven(Setting.RECONNECT_TIMEOUT);
        return duration(alias ? Setting.RECONNECT_TIMEOUT : Setting.SERF_RECONNECT_TIMEOUT);
    }

    /** Where a webhook goes; empty for nowhere. */
    public String webhookEndpoint() {
        return isGiven(Setting.WEBHOOK_ENDPOINT) ? string(Setting.WEBHOOK_ENDPOINT) : string(Setting.WEBHOOK_URL);
    }

    /** A webhook's headers, of both lists. */
    public List<String> webhookHeaders() {
        return Stream.concat(list(Setting.WEBHOOK_HEADERS).stream(), list(Setting.WEBHOOK_HEADER).stream())
                .toList();
    }

    /** Whether callers of RPC have to show a certificate that this node trusts. */
    public boolean mutualTls() {
        return !string(Setting.CERT_FILE).isEmpty() && bool(Setting.CLIENT_CERT_AUTH);
    }

    /** What a person should know although nothing is wrong. */
    public List<String> warnings() {
        return warnings;
    }

    /**
     * What was given, by {@link Setting#property()}, in a form that {@link #from(Function)} reads back to equal settings.
     * Holds secrets.
     */
    public Map<String, String> toProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        given.forEach((setting, value) -> properties.put(
                setting.property(),
                setting.isList() ? ListText.join(list(setting)) : value.texts().get(0)));
        return properties;
    }

    /** What was given, secrets masked. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Settings[");
        given.forEach((setting, value) -> text.append(text.length() > 9 ? ", " : "")
                .append(setting.key())
                .append('=')
                .append(setting.is(Setting.Trait.SECRET) ? "***" : String.join(",", value.texts())));
        return text.append(']').toString();
    }
}
