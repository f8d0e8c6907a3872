package io.dkron.core.config;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The one table of settings. Flag {@code --http-addr}, variable {@code DKRON_HTTP_ADDR}, file key {@code http-addr}, the
 * reference and the checks follow from the name.
 */
@SuppressWarnings("ImmutableEnumChecker") // its lists and sets are never changed
public enum Setting {
    // The node.
    CONFIG(
            "config",
            SettingType.PATH,
            "",
            "configuration file; default: the first dkron.{json,toml,yaml,yml,properties} in"
                    + " /etc/dkron, $HOME/.dkron, ./config",
            Trait.NOT_IN_FILE),
    SERVER("server", SettingType.BOOL, "false", "this node is a server: API, scheduler and store; else an agent only"),
    NODE_NAME("node-name", SettingType.STRING, "", "unique name of this node; default: the host name"),
    DATA_DIR("data-dir", SettingType.PATH, "dkron.data", "where the node keeps its data; created for its owner alone"),
    TAG("tag", SettingType.TAGS, "", "tag of this node, key=value; may be repeated"),
    TAGS(
            "tags",
            SettingType.MAP,
            "",
            "tags as a map; its keys become lower-case; not used when tag is set",
            Trait.NOT_A_FLAG),
    DATACENTER("datacenter", SettingType.STRING, "dc1", "tag dc"),
    REGION("region", SettingType.STRING, "global", "tag region; jobs run only in the leader's region"),
    PLUGINS_DIR("plugins-dir", SettingType.PATH, "", "jars of executors and processors; default: plugins beside bin"),
    LOG_LEVEL(
            "log-level",
            SettingType.CHOICE,
            "info",
            "least level that is logged; fatal and panic mean error",
            List.of("debug", "info", "warn", "error", "fatal", "panic")),
    LOG_FORMAT("log-format", SettingType.CHOICE, "human", "form of the log lines", List.of("human", "json")),

    // HTTP.
    HTTP_ADDR(
            "http-addr",
            SettingType.ADDRESS,
            ":8080",
            "API and dashboard of a server; without a host only this"
                    + " machine is answered, all interfaces with --insecure"),
    HTTP_HOST("http-host", SettingType.STRING, "", "for a stock Open Liberty, instead of http-addr"),
    HTTP_PORT("http-port", SettingType.INT, "", "for a stock Open Liberty, instead of http-addr", 0, 65535),
    INSECURE(
            "insecure",
            SettingType.BOOL,
            "false",
            "answer the API without credentials on interfaces that are not" + " loopback"),
    HTTP_HOSTS("http-hosts", SettingType.LIST, "", "further names allowed in the Host header"),
    HTTP_CORS_ORIGINS("http-cors-origins", SettingType.LIST, "", "origins whose pages may call the API"),
    HTTP_MAX_BODY("http-max-body", SettingType.BYTES, "1MiB", "largest request body; a larger one is answered 413"),
    HTTP_MAX_RESTORE(
            "http-max-restore",
            SettingType.BYTES,
            "1GiB",
            "largest backup of jobs; a larger one, or one with a job larger than" + " http-max-body, is answered 413"),
    REQUIRE_IF_MATCH("require-if-match", SettingType.BOOL, "false", "updates without If-Match are answered 428"),
    API_COMPAT("api-compat", SettingType.CHOICE, "v4", "dialect of the API", List.of("v4", "v1")),
    RUN_WAIT("run-wait", SettingType.DURATION, "10s", "how long a manual run waits for the result"),
    UI("ui", SettingType.BOOL, "true", "dashboard of a server"),
    ENABLE_PROMETHEUS("enable-prometheus", SettingType.BOOL, "true", "GET /metrics"),

    // Running and stopping.
    STOP_JOBS(
            "stop-jobs",
            SettingType.CHOICE,
            "leave",
            "on a stop, running processes are left running and found again at" + " the next start, or waited for",
            List.of("leave", "wait")),
    STOP_TIMEOUT("stop-timeout", SettingType.DURATION, "10s", "how long a stop waits for what runs inside the node"),
    DRAIN_TIMEOUT(
            "drain-timeout",
            SettingType.DURATION,
            "3h",
            "how long stop-jobs=wait and leave wait before they end the" + " rest"),
    KILL_GRACE("kill-grace", SettingType.DURATION, "5s", "from TERM to KILL"),
    MISFIRE_GRACE("misfire-grace", SettingType.DURATION, "60s", "how late a firing may still run"),
    AGENT_LOST_AFTER("agent-lost-after", SettingType.DURATION, "60s", "when an unreachable agent's executions fail"),
    OUTPUT_LIMIT("output-limit", SettingType.BYTES, "256000", "output stored with a result"),
    OUTPUT_MAX("output-max", SettingType.BYTES, "64MiB", "output given to a processor"),
    KEPT_LOGS_MAX(
            "kept-logs-max",
            SettingType.BYTES,
            "1GiB",
            "disk space on this node for all outputs that jobs keep by keep_logs; the oldest go first"),
    MAX_RUNS(
            "max-runs",
            SettingType.INT,
            "10000",
            "runs under way on this node at a time; it refuses more, and another member that matches takes them, or they fail",
            1,
            1_000_000),
    EXECUTIONS_KEPT("executions-kept", SettingType.INT, "100", "executions kept of each job", 1, 1_000_000),

    // The store.
    BACKEND(
            "backend",
            SettingType.CHOICE,
            "embedded",
            "store: the embedded one, which servers keep alike by Raft, or one that others operate",
            List.of(
                    "embedded",
                    "etcd",
                    "etcdv3",
                    "consul",
                    "zk",
                    "zookeeper",
                    "redis",
                    "boltdb",
                    "dynamodb",
                    "postgres",
                    "postgresql")),
    KEYSPACE("keyspace", SettingType.STRING, "dkron", "prefix of all keys"),
    FSYNC("fsync", SettingType.BOOL, "true", "force each commit of the embedded store to disk"),
    BACKEND_TIMEOUT("backend-timeout", SettingType.DURATION, "5s", "longest wait of a call to the store"),
    BACKEND_MACHINE("backend-machine", SettingType.LIST, "", "addresses of the store"),
    BACKEND_MACHINES("backend-machines", SettingType.LIST, "", "alias of backend-machine"),
    BACKEND_USERNAME("backend-username", SettingType.STRING, "", "user at the store"),
    BACKEND_PASSWORD("backend-password", SettingType.STRING, "", "password or token at the store", Trait.SECRET),
    BACKEND_TLS("backend-tls", SettingType.BOOL, "false", "TLS to the store"),
    BACKEND_REGION("backend-region", SettingType.STRING, "", "region of DynamoDB"),
    BACKEND_ENDPOINT("backend-endpoint", SettingType.STRING, "", "endpoint of DynamoDB"),

    // RPC, gossip and Raft.
    BIND_ADDR(
            "bind-addr",
            SettingType.ADDRESS,
            "{{ GetPrivateIP }}:8946",
            "address of gossip; RPC and Raft listen on its host"),
    RPC_PORT("rpc-port", SettingType.INT, "6868", "port of RPC", 0, 65535),
    ADVERTISE_ADDR("advertise-addr", SettingType.ADDRESS, "", "address told to other nodes"),
    ADVERTISE_RPC_PORT("advertise-rpc-port", SettingType.INT, "", "RPC port told to other nodes", 1, 65535),
    PROFILE("profile", SettingType.CHOICE, "lan", "timing of gossip", List.of("lan", "wan", "local")),
    JOIN("join", SettingType.LIST, "", "addresses of members to join; names stand for all their addresses"),
    RETRY_JOIN("retry-join", SettingType.LIST, "", "addresses tried until one answers"),
    RETRY_INTERVAL("retry-interval", SettingType.DURATION, "30s", "pause between tries to join, of join too"),
    RETRY_MAX("retry-max", SettingType.INT, "0", "number of tries to join, 0 = no limit", 0, Integer.MAX_VALUE),
    ENCRYPT("encrypt", SettingType.KEY, "", "key of gossip, Raft and RPC: 16, 24 or 32 bytes in base64", Trait.SECRET),
    BOOTSTRAP_EXPECT(
            "bootstrap-expect",
            SettingType.INT,
            "0",
            "servers that found the cluster together, 0 = none waits",
            0,
            1000),
    RAFT_PORT("raft-port", SettingType.INT, "8947", "port of Raft", 0, 65535),
    RAFT_MULTIPLIER("raft-multiplier", SettingType.INT, "1", "multiplies Raft's times", 1, 10),
    SERF_RECONNECT_TIMEOUT("serf-reconnect-timeout", SettingType.DURATION, "24h", "when a failed member is forgotten"),

    // Notifications.
    MAIL_HOST("mail-host", SettingType.STRING, "", "mail server; mail needs mail-port and a job's owner_email too"),
    MAIL_PORT("mail-port", SettingType.INT, "", "port of the mail server", 1, 65535),
    MAIL_USERNAME("mail-username", SettingType.STRING, "", "user at the mail server"),
    MAIL_PASSWORD("mail-password", SettingType.STRING, "", "password at the mail server", Trait.SECRET),
    MAIL_FROM("mail-from", SettingType.STRING, "dkron@localhost", "sender of mails"),
    MAIL_PAYLOAD("mail-payload", SettingType.STRING, "", "template of a mail; default: the output"),
    MAIL_SUBJECT_PREFIX("mail-subject-prefix", SettingType.STRING, "[Dkron]", "start of a mail's subject"),
    WEBHOOK_ENDPOINT(
            "webhook-endpoint", SettingType.STRING, "", "POST after an execution; needs webhook-payload", Trait.SECRET),
    WEBHOOK_URL("webhook-url", SettingType.STRING, "", "alias of webhook-endpoint", Trait.SECRET),
    WEBHOOK_PAYLOAD("webhook-payload", SettingType.STRING, "", "template of its body"),
    WEBHOOK_HEADERS("webhook-headers", SettingType.LIST, "", "its headers, Name: value", Trait.SECRET),
    WEBHOOK_HEADER("webhook-header", SettingType.LIST, "", "alias of webhook-headers", Trait.SECRET),
    PRE_WEBHOOK_ENDPOINT(
            "pre-webhook-endpoint",
            SettingType.STRING,
            "",
            "POST when an execution starts; needs pre-webhook-payload",
            Trait.SECRET),
    PRE_WEBHOOK_PAYLOAD("pre-webhook-payload", SettingType.STRING, "", "template of its body"),
    PRE_WEBHOOK_HEADERS("pre-webhook-headers", SettingType.LIST, "", "its headers, Name: value", Trait.SECRET),
    CRONITOR_ENDPOINT("cronitor-endpoint", SettingType.STRING, "", "GET at an execution's start and end", Trait.SECRET),

    // Metric sinks and traces.
    STATSD_ADDR("statsd-addr", SettingType.ADDRESS, "", "statsd", Trait.LATER),
    DOG_STATSD_ADDR("dog-statsd-addr", SettingType.ADDRESS, "", "dogstatsd", Trait.LATER),
    DOG_STATSD_TAGS("dog-statsd-tags", SettingType.LIST, "", "tags for dogstatsd, name:value", Trait.LATER),
    OTEL_ENDPOINT("otel-endpoint", SettingType.ADDRESS, "", "OTLP traces", Trait.LATER),

    // Credentials and TLS.
    HTTP_USER("http-user", SettingType.STRING, "", "user of the API", Trait.LATER),
    HTTP_PASSWORD_FILE("http-password-file", SettingType.PATH, "", "file with the API's password", Trait.LATER),
    USERNAME("username", SettingType.STRING, "", "alias of http-user", Trait.LATER),
    PASSWORD(
            "password",
            SettingType.STRING,
            "",
            "password of http-user; better in http-password-file",
            Trait.LATER,
            Trait.SECRET),
    CERT_FILE("cert-file", SettingType.PATH, "", "certificate of RPC, and towards a store that asks for one, PEM"),
    KEY_FILE("key-file", SettingType.PATH, "", "key of the certificate"),
    TRUSTED_CA_FILE("trusted-ca-file", SettingType.PATH, "", "certificates trusted in RPC and of the store, PEM"),
    CLIENT_CERT_AUTH("client-cert-auth", SettingType.BOOL, "false", "callers of RPC must show a certificate"),
    CLIENT_CRL_FILE("client-crl-file", SettingType.PATH, "", "certificates revoked", Trait.LATER),
    DISABLE_HTTP_TLS("disable-http-tls", SettingType.BOOL, "false", "HTTP without TLS", Trait.LATER),

    // Known from elsewhere; without effect here, or with one that must not be lost in silence.
    INTERFACE("interface", SettingType.STRING, "", "bind to this interface's first address", Trait.FILE_ONLY),
    RECONNECT_TIMEOUT(
            "reconnect-timeout", SettingType.DURATION, "24h", "alias of serf-reconnect-timeout", Trait.FILE_ONLY),
    KEYRING_FILE("keyring-file", SettingType.PATH, "", "without effect, use encrypt", Trait.IGNORED, Trait.FILE_ONLY),
    ACL_ENABLED(
            "acl.enabled",
            SettingType.BOOL,
            "false",
            "there are no access control lists",
            Trait.REFUSED,
            Trait.FILE_ONLY),
    AUTO_TLS("auto-tls", SettingType.BOOL, "false", "certificates are not made by themselves", Trait.REFUSED),
    SNAPSHOT_PATH("snapshot-path", SettingType.PATH, "", "without effect", Trait.IGNORED, Trait.FILE_ONLY),
    RECONNECT_INTERVAL("reconnect-interval", SettingType.STRING, "", "without effect", Trait.IGNORED, Trait.FILE_ONLY),
    TOMBSTONE_TIMEOUT("tombstone-timeout", SettingType.STRING, "", "without effect", Trait.IGNORED, Trait.FILE_ONLY),
    DISABLE_NAME_RESOLUTION(
            "disable-name-resolution", SettingType.STRING, "", "without effect", Trait.IGNORED, Trait.FILE_ONLY),
    REJOIN_AFTER_LEAVE("rejoin-after-leave", SettingType.STRING, "", "without effect", Trait.IGNORED, Trait.FILE_ONLY),
    FAST("fast", SettingType.BOOL, "", "without effect", Trait.IGNORED),
    RAFT_DURATION("raft-duration", SettingType.STRING, "", "without effect", Trait.IGNORED),
    FEDERATION_MODE("federation-mode", SettingType.STRING, "", "without effect", Trait.IGNORED),
    DISABLE_USAGE_STATS(
            "disable-usage-stats",
            SettingType.BOOL,
            "true",
            "nothing is ever reported; accepted for" + " compatibility");

    /** What else is to be known of a setting. */
    public enum Trait {
        /** Parsed and checked, but refused when given: what it switches is not available yet. */
        LATER,
        /** Accepted with a warning, without effect. */
        IGNORED,
        /** An error when switched on: losing it in silence would weaken security. */
        REFUSED,
        /** Its value is never shown. */
        SECRET,
        /** No flag and no environment variable. */
        FILE_ONLY,
        /** Environment and file alone. */
        NOT_A_FLAG,
        /** Flag and environment alone. */
        NOT_IN_FILE
    }

    private static final Map<String, Setting> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Setting::key, Function.identity()));

    private final String key;
    private final SettingType type;
    private final String fallback;
    private final String text;
    private final List<String> choices;
    private final Set<Trait> traits = EnumSet.noneOf(Trait.class);
    private final long min;
    private final long max;

    Setting(String key, SettingType type, String fallback, String text, Object... more) {
        this.key = key;
        this.type = type;
        this.fallback = fallback;
        this.text = text;
        List<String> words = List.of();
        long[] bounds = {0, Long.MAX_VALUE};
        int bound = 0;
        for (Object each : more) {
            if (each instanceof Trait trait) {
                traits.add(trait);
            } else if (each instanceof Integer number) {
                bounds[bound++] = number;
            } else {
                words = ((List<?>) each).stream().map(String::valueOf).toList();
            }
        }
        this.choices = words;
        this.min = bounds[0];
        this.max = bounds[1];
    }

    /** The setting of this name; {@code _} counts as {@code -}, letters of either case are the same. */
    public static Optional<Setting> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT).replace('_', '-')));
    }

    /** The name: {@code http-addr}. */
    public String key() {
        return key;
    }

    /** {@code --http-addr}. */
    public String flag() {
        return "--" + key;
    }

    /** {@code DKRON_HTTP_ADDR}. */
    public String variable() {
        return "DKRON_" + key.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
    }

    /** {@code dkron.http-addr}: its name in MicroProfile Config. */
    public String property() {
        return "dkron." + key;
    }

    public SettingType type() {
        return type;
    }

    /** The default as one would write it; empty for none. */
    public String fallback() {
        return fallback;
    }

    /** The meaning, as the reference prints it. */
    public String text() {
        return text;
    }

    /** Words that a {@link SettingType#CHOICE} takes. */
    public List<String> choices() {
        return choices;
    }

    public long min() {
        return min;
    }

    public long max() {
        return max;
    }

    public boolean is(Trait trait) {
        return traits.contains(trait);
    }

    public boolean isFlag() {
        return !is(Trait.FILE_ONLY) && !is(Trait.NOT_A_FLAG);
    }

    public boolean isVariable() {
        return !is(Trait.FILE_ONLY);
    }

    public boolean isFileKey() {
        return !is(Trait.NOT_IN_FILE);
    }

    /** Whether several values may be given. */
    public boolean isList() {
        return type == SettingType.LIST || type == SettingType.TAGS || type == SettingType.MAP;
    }
}
