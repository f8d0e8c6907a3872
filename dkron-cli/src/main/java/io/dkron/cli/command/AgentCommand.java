package io.dkron.cli.command;

import io.dkron.cli.launch.NodeLauncher;
import io.dkron.core.config.ListText;
import io.dkron.core.config.NearestName;
import io.dkron.core.config.Setting;
import io.dkron.core.config.SettingSource;
import io.dkron.core.config.SettingType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code dkron agent}: its flags are the table of settings. Nothing ends at the first mistake: unknown flags and wrong
 * values are gathered and handed on together with everything else that is wrong.
 */
public final class AgentCommand implements Callable<Integer> {
    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

    private AgentCommand() {
        spec.name("agent");
        spec.usageMessage()
                .customSynopsis("dkron agent [FLAGS]")
                .description("Run a node; with --server one that schedules and serves the API.");
        spec.parser().collectErrors(true).unmatchedArgumentsAllowed(true).overwrittenOptionsAllowed(true);
        for (Setting setting : Setting.values()) {
            if (setting.isFlag()) {
                spec.addOption(option(setting));
            }
        }
    }

    static CommandLine line() {
        AgentCommand command = new AgentCommand();
        CommandLine line = new CommandLine(command.spec);
        line.setExpandAtFiles(false);
        return line;
    }

    /** Gives a boolean that stands alone its value: as in the original it takes one only after {@code =}. */
    static String[] withBooleans(String[] arguments) {
        return Arrays.stream(arguments)
                .map(argument -> argument.startsWith("--")
                                && Setting.named(argument.substring(2))
                                        .filter(setting -> setting.type() == SettingType.BOOL)
                                        .isPresent()
                        ? argument + "=true"
                        : argument)
                .toArray(String[]::new);
    }

    private static OptionSpec option(Setting setting) {
        String text = setting.text();
        if (!setting.choices().isEmpty()) {
            text += "; one of " + String.join(", ", setting.choices());
        }
        if (!setting.fallback().isEmpty()) {
            text += " (default " + setting.fallback() + ")";
        }
        OptionSpec.Builder option = OptionSpec.builder(setting.flag())
                .paramLabel("<" + setting.type().label().replace(' ', '-') + ">")
                .description(text.replace("%", "%%"));
        return switch (setting.type()) {
            case LIST, TAGS ->
                option.type(List.class).auxiliaryTypes(String.class).arity("1").build();
            case BOOL -> option.type(String.class).arity("0..1").build();
            default -> option.type(String.class).arity("1").build();
        };
    }

    @Override
    public Integer call() {
        ParseResult parsed = spec.commandLine().getParseResult();
        List<String> mistakes = new ArrayList<>();
        parsed.errors().forEach(error -> mistakes.add(text(error)));
        parsed.unmatched().forEach(argument -> mistakes.add(unknown(argument)));
        return new NodeLauncher(flags(parsed), mistakes, DkronCommand::train).run();
    }

    private static String text(Exception error) {
        return error instanceof MissingParameterException missing
                ? missing.getMissing().get(0).toString().replaceFirst("option (\\S+).*", "$1") + ": needs a value"
                : error.getMessage();
    }

    private static String unknown(String argument) {
        if (!argument.startsWith("-")) {
            return "unexpected argument \"" + argument + "\"";
        }
        String flag = argument.replaceFirst("=.*", "");
        List<String> known = Arrays.stream(Setting.values())
                .filter(Setting::isFlag)
                .map(Setting::flag)
                .toList();
        return "unknown flag " + flag
                + NearestName.of(flag, known)
                        .map(name -> "; did you mean " + name + "?")
                        .orElse("");
    }

    private static SettingSource flags(ParseResult parsed) {
        return setting -> Optional.ofNullable(setting.isFlag() ? parsed.matchedOption(setting.flag()) : null)
                .map(option -> texts(setting, option.originalStringValues()))
                .map(texts -> new SettingSource.Given(setting.flag(), texts));
    }

    /** Lists gather what every occurrence says, parted at commas; of anything else the last occurrence holds. */
    private static List<String> texts(Setting setting, List<String> written) {
        if (!setting.isList()) {
            return List.of(written.get(written.size() - 1));
        }
        return written.stream().flatMap(text -> ListText.split(text).stream()).toList();
    }
}
