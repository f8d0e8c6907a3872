package io.dkron.cli.launch;

import io.dkron.agent.config.ConfigFile;
import io.dkron.agent.config.ConfigFileException;
import io.dkron.agent.gossip.Interfaces;
import io.dkron.agent.gossip.SelfMember;
import io.dkron.core.config.Setting;
import io.dkron.core.config.SettingSource;
import io.dkron.core.config.Settings;
import io.dkron.core.problem.Problem;
import io.dkron.core.problem.Validated;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * From a command line to a running node: gathers flags, environment and file, says everything that is wrong at once, or
 * starts the node and stays until it has ended.
 */
public final class NodeLauncher {
    private final SettingSource flags;
    private final List<String> mistakes;
    private final Map<String, String> environment = System.getenv();
    private final PrintStream err = System.err;
    private final Consumer<String> training;

    /**
     * @param mistakes what is wrong with the command line already, in words for people
     * @param training what else the throw-away run of {@code dkron optimize} does, given the address of its API
     */
    public NodeLauncher(SettingSource flags, List<String> mistakes, Consumer<String> training) {
        this.flags = flags;
        this.mistakes = new ArrayList<>(mistakes);
        this.training = training;
    }

    /** Runs until the node has ended; answers the exit code. */
    public int run() {
        Optional<Found> found = read();
        if (found.isEmpty()) {
            mistakes.forEach(mistake -> err.println("dkron: " + mistake));
            return 1;
        }
        Settings settings = found.get().settings();
        Reloading reloading = new Reloading(settings, this::readAgain);
        return settings.bool(Setting.SERVER)
                ? new ServerProcess(settings, found.get().warnings(), reloading, training).run()
                : new AgentProcess(settings, found.get().warnings(), reloading).run();
    }

    /** Settings without a mistake. */
    private record Found(Settings settings, List<String> warnings) {}

    /** Flags, environment and file once more. */
    private Validated<Settings> readAgain() {
        mistakes.clear();
        return read().<Validated<Settings>>map(found -> new Validated.Valid<>(found.settings()))
                .orElseGet(() -> new Validated.Invalid<>(mistakes.stream()
                        .map(mistake -> new Problem("", mistake))
                        .toList()));
    }

    /** Empty when there are mistakes. */
    private Optional<Found> read() {
        SettingSource variables = SettingSource.environment(environment);
        Optional<ConfigFile> file = file(variables);
        List<SettingSource> sources = new ArrayList<>(List.of(flags, variables));
        file.ifPresent(sources::add);
        Validated<Settings> checked = Settings.from(sources, Interfaces.ofThisMachine());
        checked.problems().forEach(problem -> mistakes.add(text(problem)));
        if (!mistakes.isEmpty()) {
            return Optional.empty();
        }
        Settings settings = checked.orThrow();
        List<String> warnings = new ArrayList<>(settings.warnings());
        warnings.addAll(SelfMember.warnings(settings));
        file.ifPresent(read -> warnings.addAll(read.warnings()));
        return Optional.of(new Found(settings, warnings));
    }

    private Optional<ConfigFile> file(SettingSource variables) {
        Optional<Path> named = flags.find(Setting.CONFIG)
                .or(() -> variables.find(Setting.CONFIG))
                .map(given -> Path.of(given.texts().get(0)));
        Optional<Path> path =
                named.or(() -> ConfigFile.findDefault(Path.of(System.getProperty("user.home", "/")), Path.of("")));
        try {
            return path.isEmpty() ? Optional.empty() : Optional.of(ConfigFile.read(path.get()));
        } catch (ConfigFileException e) {
            mistakes.add(e.getMessage());
            return Optional.empty();
        }
    }

    private static String text(Problem problem) {
        return problem.field() + ": " + problem.message();
    }
}
