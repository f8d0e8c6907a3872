package io.dkron.cli.launch;

import io.dkron.agent.gossip.SelfMember;
import io.dkron.agent.node.NodeData;
import io.dkron.agent.node.PlainAgent;
import io.dkron.core.config.HostPort;
import io.dkron.core.config.Setting;
import io.dkron.core.config.SettingSource;
import io.dkron.core.config.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.logging.Level;

/**
 * An agent in this process, without Liberty. Says one line when it is up, and ends it in order on TERM, INT, a leave or
 * the cluster's refusal; a second signal ends the process at once.
 */
final class AgentProcess {
    private final Settings settings;
    private final List<String> warnings;
    private final Reloading reloading;
    private final String node;
    private final Console console;
    /** Completed once, with the exit code, when the process shall end. */
    private final CompletableFuture<Integer> end = new CompletableFuture<>();

    AgentProcess(Settings settings, List<String> warnings, Reloading reloading) {
        this.settings = settings;
        this.warnings = warnings;
        this.reloading = reloading;
        this.node = SelfMember.name(settings);
        this.console = new Console(settings.string(Setting.LOG_FORMAT).equals("json"), node);
    }

    /** Runs until the node has ended; answers the exit code. */
    int run() {
        Logs.install(console, settings.string(Setting.LOG_LEVEL));
        warnings.forEach(warning -> console.print(Instant.now(), Level.WARNING, warning));
        Signals.onStop(() -> end.complete(0));
        Path path = settings.path(Setting.DATA_DIR).orElseThrow();
        try (NodeData data = NodeData.open(path, true)) {
            return serve(data);
        } catch (IOException e) {
            System.err.println("dkron: --" + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 1;
    }

    private int serve(NodeData data) throws InterruptedException {
        String version = AgentProcess.class.getPackage().getImplementationVersion();
        try (PlainAgent agent = new PlainAgent(
                within(data.directory()),
                data.identity(),
                version == null ? "development" : version,
                code -> end.complete(code))) {
            agent.start();
            Signals.onReload(() -> reloading.reload(agent::reload));
            console.info(readyLine(agent, data.directory()));
            int wish = end.get();
            console.info("node stopping node=" + node);
            boolean killed = agent.stop();
            console.info("node stopped node=" + node);
            return wish != 0 || killed ? 1 : 0;
        } catch (RuntimeException e) {
            console.error("node not started: " + e.getMessage());
        } catch (ExecutionException e) {
            console.error(String.valueOf(e.getCause().getMessage()));
        }
        return 1;
    }

    /** The settings with the directory that was opened, and the plug-ins of this installation. */
    private Settings within(Path directory) {
        SettingSource known = SettingSource.properties(
                property -> Optional.ofNullable(settings.toProperties().get(property)));
        Optional<String> home = Optional.ofNullable(System.getProperty("dkron.home"));
        SettingSource places = setting -> switch (setting) {
            case DATA_DIR -> Optional.of(given(setting, directory.toString()));
            case NODE_NAME -> Optional.of(given(setting, node));
            case PLUGINS_DIR ->
                settings.isGiven(setting)
                        ? Optional.empty()
                        : home.map(h -> given(setting, Path.of(h, "plugins").toString()));
            default -> Optional.empty();
        };
        return Settings.from(List.of(places, known)).orThrow();
    }

    private static SettingSource.Given given(Setting setting, String text) {
        return new SettingSource.Given(setting.flag(), List.of(text));
    }

    private String readyLine(PlainAgent agent, Path data) {
        var self = agent.self().member();
        String http = agent.httpPort()
                .map(port -> " http=http://" + new HostPort(httpHost(), port))
                .orElse("");
        return "node ready node=" + node + " role=agent gossip=" + new HostPort(self.address(), self.port()) + " rpc="
                + new HostPort(self.address(), self.rpcPort()) + http + " data=" + data;
    }

    private String httpHost() {
        String host = settings.httpAccess().hosts(settings.httpAddress()).get(0);
        return host.equals("*") ? "0.0.0.0" : host;
    }
}
