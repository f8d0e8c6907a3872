package io.dkron.core.config;

import io.dkron.core.notification.HttpHeader;
import io.dkron.core.notification.NoticeText;
import io.dkron.core.problem.Problems;
import io.dkron.core.template.Template;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What no setting can see alone: values that contradict each other, or that only together are safe. */
final class Conflicts {
    private final Map<Setting, SettingSource.Given> given;
    private final Problems problems;
    private final Settings settings;
    private final List<String> warnings;

    Conflicts(
            Map<Setting, Object> values,
            Map<Setting, SettingSource.Given> given,
            Problems problems,
            List<String> warnings) {
        this.given = given;
        this.problems = problems;
        this.warnings = warnings;
        this.settings = new Settings(values, given, warnings);
    }

    void check() {
        backend();
        bootstrap();
        httpParts();
        httpAccess();
        listeners();
        openness();
        tls();
        notifications();
    }

    private void backend() {
        if (settings.string(Setting.KEYSPACE).isBlank()
                || settings.string(Setting.KEYSPACE).contains("/")) {
            problems.add(origin(Setting.KEYSPACE), "must be a name without a slash");
        }
    }

    private void bootstrap() {
        if (settings.integer(Setting.BOOTSTRAP_EXPECT) > 0 && !settings.bool(Setting.SERVER)) {
            problems.add(origin(Setting.BOOTSTRAP_EXPECT), "needs --server");
        }
    }

    private void httpParts() {
        if (!given.containsKey(Setting.HTTP_ADDR)) {
            return;
        }
        HostPort address =
                HostPort.parse(settings.string(Setting.HTTP_ADDR), 8080).orElseThrow();
        if (given.containsKey(Setting.HTTP_HOST) && !address.host().equals(settings.string(Setting.HTTP_HOST))) {
            problems.add(origin(Setting.HTTP_HOST), "contradicts " + origin(Setting.HTTP_ADDR) + " " + address);
        }
        if (given.containsKey(Setting.HTTP_PORT) && address.port() != settings.integer(Setting.HTTP_PORT)) {
            problems.add(origin(Setting.HTTP_PORT), "contradicts " + origin(Setting.HTTP_ADDR) + " " + address);
        }
    }

    private void httpAccess() {
        HostPort address = settings.httpAddress();
        boolean reachable = !address.host().isEmpty() && !address.isLoopback();
        if (reachable && !settings.bool(Setting.INSECURE)) {
            Setting setting = given.containsKey(Setting.HTTP_HOST) ? Setting.HTTP_HOST : Setting.HTTP_ADDR;
            problems.add(
                    origin(setting),
                    address.host() + " lets other machines in, and the API has no credentials (they are not available"
                            + " yet): use a loopback address, or add --insecure to allow it");
        }
    }

    /** Gossip, RPC and Raft share a host; HTTP may share it. */
    private void listeners() {
        Map<Setting, HostPort> ports = new LinkedHashMap<>();
        boolean server = settings.bool(Setting.SERVER);
        if (server || given.containsKey(Setting.HTTP_ADDR)) {
            ports.put(Setting.HTTP_ADDR, settings.httpAddress());
        }
        ports.put(Setting.BIND_ADDR, settings.bindAddress());
        ports.put(Setting.RPC_PORT, settings.rpcAddress());
        if (server) {
            ports.put(Setting.RAFT_PORT, settings.raftAddress());
        }
        ports.forEach((setting, address) -> ports.entrySet().stream()
                .takeWhile(before -> before.getKey() != setting)
                .filter(before -> address.port() != 0
                        && address.port() == before.getValue().port())
                .filter(before -> meet(before.getValue(), address))
                .forEach(before -> problems.add(
                        origin(setting), "is the port of " + origin(before.getKey()) + " too: " + address.port())));
    }

    private boolean meet(HostPort a, HostPort b) {
        boolean everywhere = settings.httpAccess() != HttpAccess.LOOPBACK;
        return a.host().equals(b.host())
                || (a.isWildcard() && (everywhere || !a.host().isEmpty()))
                || b.isWildcard()
                || (a.host().isEmpty() && b.isLoopback());
    }

    private void openness() {
        HostPort bind = settings.bindAddress();
        boolean guarded = !settings.string(Setting.ENCRYPT).isEmpty() || settings.mutualTls();
        if (!bind.isLoopback() && !guarded) {
            warnings.add("gossip, RPC and Raft listen on " + bind.host() + " without --encrypt or mutual TLS: whoever"
                    + " reaches the ports can run commands; set a key made by dkron keygen");
        }
        if (given.containsKey(Setting.KEYRING_FILE)
                && settings.string(Setting.ENCRYPT).isEmpty()) {
            problems.add(
                    origin(Setting.KEYRING_FILE),
                    "is refused without encrypt, because ignoring it would weaken security: set encrypt");
        }
    }

    private void tls() {
        boolean certificate = !settings.string(Setting.CERT_FILE).isEmpty();
        boolean key = !settings.string(Setting.KEY_FILE).isEmpty();
        if (certificate != key) {
            Setting present = certificate ? Setting.CERT_FILE : Setting.KEY_FILE;
            problems.add(origin(present), "needs " + (certificate ? "key-file" : "cert-file") + " beside it");
        }
        if (settings.bool(Setting.CLIENT_CERT_AUTH) && !certificate) {
            problems.add(origin(Setting.CLIENT_CERT_AUTH), "needs cert-file and key-file");
        }
        if (certificate && settings.bool(Setting.SERVER)) {
            warnings.add(origin(Setting.CERT_FILE) + " guards RPC; the API has no TLS yet");
        }
    }

    private void notifications() {
        if (given.containsKey(Setting.WEBHOOK_URL)
                && !settings.webhookEndpoint().equals(settings.string(Setting.WEBHOOK_URL))) {
            problems.add(origin(Setting.WEBHOOK_URL), "contradicts " + origin(Setting.WEBHOOK_ENDPOINT));
        }
        if (settings.has(Setting.MAIL_HOST) != settings.has(Setting.MAIL_PORT)) {
            boolean host = settings.has(Setting.MAIL_HOST);
            warnings.add("no mail is sent: " + (host ? "mail-host" : "mail-port") + " needs "
                    + (host ? "mail-port" : "mail-host") + " beside it");
        }
        if (!settings.string(Setting.MAIL_FROM).contains("@")) {
            problems.add(origin(Setting.MAIL_FROM), "is no mail address: " + settings.string(Setting.MAIL_FROM));
        }
        template(Setting.MAIL_PAYLOAD);
        hook(
                given.containsKey(Setting.WEBHOOK_ENDPOINT) ? Setting.WEBHOOK_ENDPOINT : Setting.WEBHOOK_URL,
                Setting.WEBHOOK_PAYLOAD);
        hook(Setting.PRE_WEBHOOK_ENDPOINT, Setting.PRE_WEBHOOK_PAYLOAD);
        address(Setting.CRONITOR_ENDPOINT);
        List.of(Setting.WEBHOOK_HEADERS, Setting.WEBHOOK_HEADER, Setting.PRE_WEBHOOK_HEADERS)
                .forEach(this::headers);
    }

    private void hook(Setting endpoint, Setting payload) {
        boolean where = !settings.string(endpoint).isEmpty();
        boolean what = !settings.string(payload).isEmpty();
        if (where != what) {
            warnings.add("nothing is posted: " + (where ? endpoint : payload).key() + " needs "
                    + (where ? payload : endpoint).key() + " beside it");
        }
        address(endpoint);
        template(payload);
    }

    /** The value may hold a token, so it is not shown. */
    private void address(Setting setting) {
        if (settings.string(setting).isEmpty()) {
            return;
        }
        try {
            URI address = new URI(settings.string(setting));
            boolean web = "http".equalsIgnoreCase(address.getScheme()) || "https".equalsIgnoreCase(address.getScheme());
            if (web && address.getHost() != null) {
                return;
            }
        } catch (URISyntaxException e) {
            problems.add(origin(setting), "is no address: " + e.getReason() + " at index " + e.getIndex());
            return;
        }
        problems.add(origin(setting), "must be an address that begins with http:// or https:// and a host");
    }

    private void template(Setting setting) {
        Template.parse(settings.string(setting), NoticeText.sample())
                .problems()
                .forEach(problem -> problems.add(origin(setting), "is no template: " + problem.message()));
    }

    /** Their values may be secrets, so they are not shown. */
    private void headers(Setting setting) {
        List<String> headers = settings.list(setting);
        for (int i = 0; i < headers.size(); i++) {
            Optional<HttpHeader> header = HttpHeader.parse(headers.get(i));
            if (header.isEmpty()) {
                problems.add(origin(setting), "header " + (i + 1) + " is none: write Name: value");
            } else if (header.get().isReserved()) {
                problems.add(origin(setting), header.get().name() + " is set by the connection itself");
            }
        }
    }

    private String origin(Setting setting) {
        return given.containsKey(setting) ? given.get(setting).origin() : setting.key();
    }
}
