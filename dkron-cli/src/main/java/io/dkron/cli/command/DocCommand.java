package io.dkron.cli.command;

import io.dkron.cli.doc.CommandPages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a Markdown page for each command. */
@Command(name = "doc", description = "Write the reference of all commands as Markdown.")
final class DocCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--dir", paramLabel = "path", defaultValue = "/tmp/dkrondoc/", description = "folder to write to")
    private Path dir;

    @Override
    public Integer call() throws IOException {
        int pages = new CommandPages(spec.root().commandLine()).writeTo(dir);
        spec.commandLine().getOut().println("wrote " + pages + " pages to " + dir);
        return 0;
    }
}
