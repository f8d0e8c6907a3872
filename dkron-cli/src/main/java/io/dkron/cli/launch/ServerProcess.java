package io.dkron.cli.launch;

import io.dkron.agent.process.ProcessBridge;
import io.dkron.core.config.HostPort;
import io.dkron.core.config.HttpAccess;
import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.logging.Level;

/**
 * A server: Liberty and the application in this process. Starts it, says one line when it is ready, and ends it in order
 * on TERM, INT or the application's wish; a second signal ends the process at once.
 */
final class ServerProcess {
    private static final String NAME = "dkron";

    private final Settings settings;
    private final List<String> warnings;
    private final String node;
    private final Console console;
    private final Reloading reloading;
    /** Completed once, with the exit code, when the process shall end. */
    private final CompletableFuture<Integer> end = new CompletableFuture<>();

    private final CompletableFuture<Void> ready = new CompletableFuture<>();

    private final Consumer<String> training;

    /** @param training see {@link NodeLauncher} */
    ServerProcess(Settings settings, List<String> warnings, Reloading reloading, Consumer<String> training) {
        this.training = training;
        this.reloading = reloading;
        this.settings = settings;
        this.warnings = warnings;
        this.node = settings.isGiven(Setting.NODE_NAME) ? settings.string(Setting.NODE_NAME) : hostName();
        this.console = new Console(settings.string(Setting.LOG_FORMAT).equals("json"), node);
    }

    /** Runs until the node has ended; answers the exit code. */
    int run() {
        Logs.install(console, settings.string(Setting.LOG_LEVEL));
        warnings.forEach(warning -> console.print(Instant.now(), Level.WARNING, warning));
        Path path =
                settings.path(Setting.DATA_DIR).orElseThrow().toAbsolutePath().normalize();
        try (DataDirectory data = DataDirectory.open(path)) {
            Endpoints endpoints = Endpoints.of(settings);
            return serve(data, endpoints);
        } catch (DataDirectory.Unusable | Endpoints.Taken e) {
            System.err.println("dkron: " + e.getMessage());
        } catch (IOException e) {
            System.err.println("dkron: --data-dir " + path + ": " + e.getMessage());
        }
        return 1;
    }

    private int serve(DataDirectory data, Endpoints endpoints) throws IOException {
        Path home = Path.of(System.getProperty("dkron.home"));
        Path user = home.resolve("usr");
        Path output = LibertyOutput.prepare(data.path(), user.resolve("servers").resolve(NAME));
        LibertyLines.capture(console, this::notStarted);
        putProperties(data.path(), home);
        ProcessBridge.launched(() -> ready.complete(null), this::notStarted, end::complete);
        Signals.onStop(() -> end.complete(0));
        Signals.onReload(() -> reloading.reload(fresh -> ProcessBridge.reload(fresh.toProperties())));
        EmbeddedLiberty liberty = new EmbeddedLiberty(home.resolve("wlp"), user, output, NAME);
        try {
            liberty.start(endpoints.variables());
            CompletableFuture.anyOf(ready, end).get();
            if (ready.isDone()) {
                console.info(readyLine(endpoints, data.path()));
                if (Boolean.getBoolean("dkron.train")) {
                    Training.run("http://" + endpoints.shown(), training);
                    end.complete(0);
                }
            }
            return stop(liberty, end.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        } catch (ExecutionException e) {
            console.error(String.valueOf(e.getCause().getMessage()));
            return 1;
        } catch (Exception e) {
            console.error(String.valueOf(e.getMessage()));
            return 1;
        }
    }

    private int stop(EmbeddedLiberty liberty, int wish) throws Exception {
        console.info("node stopping node=" + node);
        int killed = ProcessBridge.stop();
        liberty.stop();
        int code = wish != 0 || killed > 0 ? 1 : 0;
        console.info("node stopped node=" + node + (killed > 0 ? " killed=" + killed : ""));
        return code;
    }

    private void notStarted(String reason) {
        if (end.complete(1)) {
            console.error("node not started: " + reason);
        }
    }

    /** The application reads its settings by MicroProfile Config, whose strongest source these are. */
    private void putProperties(Path data, Path home) {
        System.setProperty("mp.config.property.expressions.enabled", "false");
        for (Map.Entry<String, String> each : settings.toProperties().entrySet()) {
            System.setProperty(each.getKey(), each.getValue());
        }
        System.setProperty(Setting.NODE_NAME.property(), node);
        System.setProperty(Setting.DATA_DIR.property(), data.toString());
        if (!settings.isGiven(Setting.PLUGINS_DIR)) {
            System.setProperty(
                    Setting.PLUGINS_DIR.property(), home.resolve("plugins").toString());
        }
    }

    private String readyLine(Endpoints endpoints, Path data) {
        HostPort address = endpoints.shown();
        String access = settings.httpAccess() == HttpAccess.INSECURE && !address.isLoopback()
                ? "insecure, no credentials"
                : "this machine only";
        return "node ready node=" + node + " role=server http=http://" + address + " access=\"" + access + "\" store="
                + settings.string(Setting.BACKEND) + " data=" + data;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "localhost";
        }
    }
}
