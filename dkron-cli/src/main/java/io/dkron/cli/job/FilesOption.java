package io.dkron.cli.job;

import io.dkron.cli.file.JobFiles;
import io.dkron.cli.file.JobSource;
import java.io.InputStream;
import java.util.List;
import picocli.CommandLine.Option;

/** The flags that say which files are read. */
final class FilesOption {
    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "<path>",
            description = "a file of jobs, YAML or JSON; a folder of them, read in the order of their names; - for"
                    + " standard input. May be repeated")
    private List<String> names;

    @Option(
            names = {"-R", "--recursive"},
            description = "read folders in folders too")
    private boolean recursive;

    /** @throws io.dkron.cli.file.JobFileException with all that is wrong in them */
    List<JobSource> read(InputStream in) {
        return new JobFiles(in, recursive).read(names);
    }

    boolean usesStandardInput() {
        return names.contains(JobFiles.STANDARD_INPUT);
    }
}
