package io.dkron.agent.processor;

import io.dkron.core.executor.ConfigKey;
import io.dkron.core.processor.Processor;
import io.dkron.core.processor.ProcessorContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/** Writes each output to a file of its own, {@code log_dir/ID.log}; the directory is made. */
public final class FilesProcessor implements Processor {
    @Override
    public String name() {
        return "files";
    }

    @Override
    public List<ConfigKey> keys() {
        return List.of(new ConfigKey("log_dir", false, false, "Where the files go; /var/log/dkron if not set."));
    }

    @Override
    public Optional<String> process(ProcessorContext context) throws IOException {
        String configured = context.config().getOrDefault("log_dir", "");
        Path directory = Path.of(configured.isEmpty() ? "/var/log/dkron" : configured);
        Path file = directory.resolve(context.execution().id() + ".log");
        Path unfinished = directory.resolve(context.execution().id() + ".log.new");
        try {
            Files.createDirectories(directory);
            try (InputStream output = context.output()) {
                Files.copy(output, unfinished, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IOException("files: cannot write " + file + ": " + e, e);
        }
        return Optional.of(file.toString());
    }
}
