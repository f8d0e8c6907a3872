package io.dkron.agent.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginLoaderTest {
    private static final String SERVICE = "META-INF/services/io.dkron.core.processor.Processor";

    @TempDir
    Path directory;

    @Test
    void whatComesWithTheNodeIsThere() throws IOException {
        try (Plugins plugins = PluginLoader.load(directory.resolve("missing"))) {
            assertThat(plugins.executors()).containsKeys("shell", "http", "grpc");
            assertThat(plugins.processors()).containsKeys("log", "files");
        }
    }

    @Test
    void aJarAddsAProcessorAndABrokenOneIsLeftOut() throws IOException {
        Files.writeString(directory.resolve("a-broken.jar"), "no jar");
        zip(directory.resolve("b-lies.jar"), SERVICE, "no.such.Type".getBytes(StandardCharsets.UTF_8));
        zip(
                directory.resolve("c-good.jar"),
                SERVICE,
                "sample.Sample".getBytes(StandardCharsets.UTF_8),
                "sample/Sample.class",
                compiled());
        try (Plugins plugins = PluginLoader.load(directory)) {
            assertThat(plugins.processors()).containsKeys("log", "files", "sample");
            assertThat(plugins.executors()).containsKeys("shell", "http", "grpc");
        }
    }

    private byte[] compiled() throws IOException {
        Path source = directory.resolve("src/sample/Sample.java");
        Files.createDirectories(source.getParent());
        Files.writeString(source, """
                package sample;
                public class Sample implements io.dkron.core.processor.Processor {
                    public String name() { return "sample"; }
                    public java.util.List<io.dkron.core.executor.ConfigKey> keys() { return java.util.List.of(); }
                    public java.util.Optional<String> process(io.dkron.core.processor.ProcessorContext context) {
                        return java.util.Optional.empty();
                    }
                }
                """);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        assertThat(compiler.run(null, null, null, "-proc:none", "-cp", path, source.toString()))
                .isZero();
        return Files.readAllBytes(source.resolveSibling("Sample.class"));
    }

    private static void zip(Path jar, Object... entries) throws IOException {
        List<Object> all = List.of(entries);
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            for (int i = 0; i < all.size(); i += 2) {
                zip.putNextEntry(new ZipEntry((String) all.get(i)));
                zip.write((byte[]) all.get(i + 1));
                zip.closeEntry();
            }
        }
    }
}
