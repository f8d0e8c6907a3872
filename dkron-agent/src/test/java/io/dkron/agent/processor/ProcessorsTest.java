package io.dkron.agent.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorsTest {
    @TempDir
    Path directory;

    @Tag("F27")
    @Test
    void filesHoldsTheWholeOutputInADirectoryThatItMakes() throws IOException {
        Path logs = directory.resolve("a/b");
        byte[] output = new byte[10 << 20];
        assertThat(new FilesProcessor().process(Contexts.of(output, Map.of("log_dir", logs.toString()))))
                .contains(logs.resolve("17-n1.log").toString());
        assertThat(Files.size(logs.resolve("17-n1.log"))).isEqualTo(output.length);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(logs.resolve("17-n1.log"))))
                .isEqualTo("rw-r--r--");
    }

    @Test
    @DisplayName("F64: files fails loudly in a folder that cannot be written, and leaves nothing")
    void f64FilesSaysWhichFileCouldNotBeWritten() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> new FilesProcessor()
                        .process(Contexts.of(
                                new byte[1], Map.of("log_dir", file.resolve("x").toString()))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("17-n1.log");
    }

    @Test
    void logFramesTheOutputOnStandardOutput() throws IOException {
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        LogProcessor log = new LogProcessor(seen, OutputStream.nullOutputStream());
        assertThat(log.process(Contexts.of("hello ä".getBytes(StandardCharsets.UTF_8), Map.of())))
                .contains("Output in dkron log");
        assertThat(seen.toString(StandardCharsets.UTF_8))
                .isEqualTo("----- BEGIN OUTPUT job=job1 execution=17-n1 -----\nhello ä\n----- END OUTPUT -----\n");
    }
}
