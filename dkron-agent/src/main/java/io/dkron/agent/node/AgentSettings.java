package io.dkron.agent.node;

import io.dkron.agent.rpc.RpcSecurity;
import io.dkron.agent.run.Runner;
import io.dkron.agent.run.RunnerSettings;
import io.dkron.core.config.HostPort;
import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What a node needs to run jobs.
 *
 * @param journal directory of the journal
 * @param plugins directory of plug-ins, may be missing
 * @param rpc where to listen; port 0 takes any free one
 * @param security of the RPC port
 */
public record AgentSettings(
        Path journal,
        RunnerSettings runner,
        Path plugins,
        InetSocketAddress rpc,
        Runner.StopMode stopMode,
        RpcSecurity security) {
    public AgentSettings {
        Objects.requireNonNull(journal, "journal");
        Objects.requireNonNull(runner, "runner");
        Objects.requireNonNull(plugins, "plugins");
        Objects.requireNonNull(rpc, "rpc");
        Objects.requireNonNull(stopMode, "stopMode");
        Objects.requireNonNull(security, "security");
    }

    /** Answers everybody by RPC. */
    public AgentSettings(
            Path journal, RunnerSettings runner, Path plugins, InetSocketAddress rpc, Runner.StopMode stopMode) {
        this(journal, runner, plugins, rpc, stopMode, RpcSecurity.NONE);
    }

    /** From a node's settings; without {@code data-dir} it is {@code dkron.data} here. */
    public static AgentSettings from(Settings settings) {
        return from(settings, RpcSecurity.from(settings));
    }

    /** From a node's settings, and what it made of those on security. */
    public static AgentSettings from(Settings settings, RpcSecurity security) {
        Path data = settings.path(Setting.DATA_DIR).orElse(Path.of("dkron.data"));
        RunnerSettings runner = new RunnerSettings(
                data.resolve("runs"),
                Math.toIntExact(settings.bytes(Setting.OUTPUT_LIMIT)),
                Math.max(settings.bytes(Setting.OUTPUT_MAX), settings.bytes(Setting.OUTPUT_LIMIT)),
                data.resolve("logs"),
                settings.bytes(Setting.KEPT_LOGS_MAX),
                settings.integer(Setting.MAX_RUNS),
                settings.duration(Setting.KILL_GRACE),
                settings.duration(Setting.STOP_TIMEOUT),
                settings.duration(Setting.DRAIN_TIMEOUT));
        HostPort rpc = settings.rpcAddress();
        return new AgentSettings(
                data.resolve("journal"),
                runner,
                settings.path(Setting.PLUGINS_DIR).orElse(Path.of("plugins")),
                new InetSocketAddress(rpc.host(), rpc.port()),
                settings.string(Setting.STOP_JOBS).equals("wait") ? Runner.StopMode.WAIT : Runner.StopMode.LEAVE,
                security);
    }
}
