package io.dkron.agent.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.core.processor.ProcessorContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorsTest {
    @TempDir
    Path directory;

    private static ProcessorContext context(byte[] output, Map<String, String> config) {
        Instant start = Instant.EPOCH;
        Execution execution = new Execution(
                new ExecutionId(17, "n1"),
                new JobName("job1"),
                new RunKey("u", "request:1", "n1", 1),
                17,
                Trigger.MANUAL,
                Optional.empty(),
                Optional.empty(),
                ExecutionState.SUCCESS,
                start,
                Optional.of(start),
                "",
                false,
                OutputTail.EMPTY);
        return new ProcessorContext() {
            @Override
            public Execution execution() {
                return execution;
            }

            @Override
            public SortedMap<String, String> config() {
                return new TreeMap<>(config);
            }

            @Override
            public String reportingNode() {
                return "n0";
            }

            @Override
            public InputStream output() {
                return new ByteArrayInputStream(output);
            }
        };
    }

    @Test
    void filesHoldsTheWholeOutputInADirectoryThatItMakes() throws IOException {
        Path logs = directory.resolve("a/b");
        byte[] output = new byte[10 << 20];
        assertThat(new FilesProcessor().process(context(output, Map.of("log_dir", logs.toString()))))
                .contains(logs.resolve("17-n1.log").toString());
        assertThat(Files.size(logs.resolve("17-n1.log"))).isEqualTo(output.length);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(logs.resolve("17-n1.log"))))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void filesSaysWhichFileCouldNotBeWritten() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> new FilesProcessor()
                        .process(context(
                                new byte[1], Map.of("log_dir", file.resolve("x").toString()))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("17-n1.log");
    }

    @Test
    void logFramesTheOutputOnStandardOutput() throws IOException {
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        LogProcessor log = new LogProcessor(seen, OutputStream.nullOutputStream());
        assertThat(log.process(context("hello ä".getBytes(StandardCharsets.UTF_8), Map.of())))
                .contains("Output in dkron log");
        assertThat(seen.toString(StandardCharsets.UTF_8))
                .isEqualTo("----- BEGIN OUTPUT job=job1 execution=17-n1 -----\nhello ä\n----- END OUTPUT -----\n");
    }
}
