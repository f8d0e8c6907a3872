package io.dkron.core.config;

import io.dkron.core.problem.Problems;
import java.util.List;
import java.util.Map;

/** What no setting can see alone: values that contradict each other, or that only together are safe. */
final class Conflicts {
    private final Map<Setting, SettingSource.Given> given;
    private final Problems problems;
    private final Settings settings;

    Conflicts(
            Map<Setting, Object> values,
            Map<Setting, SettingSource.Given> given,
            Problems problems,
            List<String> warnings) {
        this.given = given;
        this.problems = problems;
        this.settings = new Settings(values, given, warnings);
    }

    void check() {
        backend();
        bootstrap();
        httpParts();
        httpAccess();
        rpc();
    }

    private void backend() {
        if (!settings.string(Setting.BACKEND).equals("embedded")) {
            problems.add(
                    origin(Setting.BACKEND),
                    settings.string(Setting.BACKEND) + " is not available yet; only embedded is");
        }
        if (settings.string(Setting.KEYSPACE).isBlank()
                || settings.string(Setting.KEYSPACE).contains("/")) {
            problems.add(origin(Setting.KEYSPACE), "must be a name without a slash");
        }
    }

    private void bootstrap() {
        int expected = settings.integer(Setting.BOOTSTRAP_EXPECT);
        if (expected > 1) {
            problems.add(origin(Setting.BOOTSTRAP_EXPECT), "more than one server is not available yet; leave it out");
        } else if (expected == 1 && !settings.bool(Setting.SERVER)) {
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

    private void rpc() {
        HostPort bind = HostPort.parse(settings.string(Setting.BIND_ADDR), 8946).orElseThrow();
        if (!bind.isLoopback()) {
            problems.add(
                    origin(Setting.BIND_ADDR),
                    "only a loopback address is available yet, not \"" + settings.string(Setting.BIND_ADDR) + "\"");
        }
        HostPort http = settings.httpAddress();
        int port = settings.integer(Setting.RPC_PORT);
        if (settings.bool(Setting.SERVER) && port != 0 && port == http.port()) {
            problems.add(origin(Setting.RPC_PORT), "is the port of " + origin(Setting.HTTP_ADDR) + " too: " + port);
        }
    }

    private String origin(Setting setting) {
        return given.containsKey(setting) ? given.get(setting).origin() : setting.key();
    }
}
