package io.dkron.cli.doc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** A Markdown page for each command, with the front matter that site generators read. */
public final class CommandPages {
    private final Map<String, CommandLine> commands = new LinkedHashMap<>();

    /** @param root the command that holds all others */
    public CommandPages(CommandLine root) {
        add("dkron", root);
    }

    private void add(String slug, CommandLine command) {
        commands.put(slug, command);
        command.getSubcommands().forEach((name, below) -> add(slug + "_" + name, below));
    }

    /** Writes the pages, creating the folder; answers how many. */
    public int writeTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (Map.Entry<String, CommandLine> each : commands.entrySet()) {
            Files.writeString(
                    folder.resolve(each.getKey() + ".md"),
                    page(each.getKey(), each.getValue()),
                    StandardCharsets.UTF_8);
        }
        return commands.size();
    }

    private static String page(String slug, CommandLine command) {
        String title = slug.replace('_', ' ');
        StringBuilder text = new StringBuilder("---\ndate: ")
                .append(LocalDate.now(ZoneOffset.UTC))
                .append("\ntitle: \"")
                .append(title)
                .append("\"\nslug: ")
                .append(slug)
                .append("\nurl: /cli/")
                .append(slug)
                .append("/\n---\n## ")
                .append(title)
                .append("\n\n")
                .append(String.join(" ", command.getCommandSpec().usageMessage().description()))
                .append("\n\n```\n")
                .append(title)
                .append(command.getCommandSpec().options().isEmpty() ? "" : " [flags]")
                .append("\n```\n\n### Options\n\n```\n");
        for (OptionSpec option : command.getCommandSpec().options()) {
            text.append("  ")
                    .append(String.join(", ", option.names()))
                    .append(option.arity().max() > 0 ? " " + option.paramLabel() : "")
                    .append("   ")
                    .append(String.join(" ", option.description()))
                    .append('\n');
        }
        text.append("```\n");
        for (String name : command.getSubcommands().keySet()) {
            text.append("\n* [")
                    .append(title)
                    .append(' ')
                    .append(name)
                    .append("](")
                    .append(slug)
                    .append('_');
            text.append(name).append(".md)");
        }
        return text.append('\n').toString();
    }
}
