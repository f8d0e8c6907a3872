package io.dkron.cli.launch;

import io.dkron.agent.node.Reload;
import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import io.dkron.core.problem.Problem;
import io.dkron.core.problem.Validated;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** HUP: the configuration is read again, whole. One with a mistake changes nothing. */
final class Reloading {
    private static final Logger LOG = System.getLogger(Reloading.class.getName());

    private final Supplier<Validated<Settings>> reader;
    private Settings current;

    /** @param current what the node was started with */
    Reloading(Settings current, Supplier<Validated<Settings>> reader) {
        this.current = current;
        this.reader = reader;
    }

    /** Reads, compares, sets the level of the log, and hands the rest on. @param node takes over what it can */
    synchronized void reload(Consumer<Settings> node) {
        Validated<Settings> read = reader.get();
        if (!read.problems().isEmpty()) {
            for (Problem problem : read.problems()) {
                LOG.log(Level.ERROR, "configuration not reloaded: {0}", problem.message());
            }
            return;
        }
        Settings fresh = read.orThrow();
        for (Setting setting : Reload.needRestart(current, fresh)) {
            LOG.log(Level.WARNING, "setting changed, it needs a restart name={0}", setting.key());
        }
        Logs.level(fresh.string(Setting.LOG_LEVEL));
        current = fresh;
        node.accept(fresh);
        LOG.log(Level.INFO, "configuration reloaded");
    }
}
