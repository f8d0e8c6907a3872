package io.dkron.tests.bench;

import io.dkron.tests.bench.noop.NoopExecutor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Packs the {@code noop} executor as a plug-in. */
final class NoopPlugin {
    private NoopPlugin() {}

    /** Writes the plug-in into that directory, for {@code --plugins-dir}. */
    static Path into(Path directory) throws IOException {
        Files.createDirectories(directory);
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(directory.resolve("noop.jar")))) {
            String outer = NoopExecutor.class.getName().replace('.', '/');
            for (String name : List.of(outer + ".class", outer + "$1.class")) {
                try (InputStream bytes = NoopPlugin.class.getClassLoader().getResourceAsStream(name)) {
                    jar.putNextEntry(new JarEntry(name));
                    bytes.transferTo(jar);
                }
            }
            jar.putNextEntry(new JarEntry("META-INF/services/io.dkron.core.executor.Executor"));
            jar.write((NoopExecutor.class.getName() + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return directory;
    }
}
