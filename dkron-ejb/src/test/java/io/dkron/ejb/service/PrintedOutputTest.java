package io.dkron.ejb.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.ejb.live.OutputChunk;
import io.dkron.ejb.live.OutputExtent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PrintedOutputTest {
    private byte[] file = "0123456789".getBytes(StandardCharsets.UTF_8);
    private int first;

    /** A node that has the file from {@code first} on, and gives three bytes at a time. */
    private final NodeOutputs node = new NodeOutputs() {
        @Override
        public Optional<OutputTail> tail(Execution execution, int limit) {
            return Optional.empty();
        }

        @Override
        public Optional<OutputChunk> read(Execution execution, long offset, int limit) {
            if (file.length == 0) {
                return Optional.empty();
            }
            int from = (int) Math.max(first, offset);
            return Optional.of(new OutputChunk(
                    from, Arrays.copyOfRange(file, from, Math.min(file.length, from + Math.min(3, limit)))));
        }

        @Override
        public Optional<OutputExtent> extent(Execution execution) {
            return Optional.of(new OutputExtent(first, file.length, ""));
        }
    };

    private static Execution execution(ExecutionState state) {
        return new Execution(
                new ExecutionId(17, "n1"),
                new JobName("job1"),
                new RunKey("u", "request:1", "n1", 1),
                17,
                Trigger.MANUAL,
                Optional.empty(),
                Optional.empty(),
                state,
                Instant.EPOCH,
                state.ended() ? Optional.of(Instant.EPOCH) : Optional.empty(),
                "",
                false,
                OutputTail.EMPTY);
    }

    private static String all(PrintedOutput output, long from, long to) throws IOException {
        StringBuilder text = new StringBuilder();
        for (long at = from; at < to; ) {
            byte[] piece = output.read(at, (int) (to - at));
            assertThat(piece).isNotEmpty();
            text.append(new String(piece, StandardCharsets.UTF_8));
            at += piece.length;
        }
        return text.toString();
    }

    @Test
    void whatIsStoredIsReadFromItsFirstByteThatIsThere() throws IOException {
        PrintedOutput output = PrintedOutput.stored(new OutputTail("abcdef".getBytes(StandardCharsets.UTF_8), 100));
        assertThat(output.cut()).isEqualTo(94);
        assertThat(output.length()).isEqualTo(6);
        assertThat(all(output, 0, 6)).isEqualTo("abcdef");
        assertThat(all(output, 2, 4)).isEqualTo("cd");
        assertThat(output.read(6, 9)).isEmpty();
        assertThat(output.read(99, 9)).isEmpty();
    }

    @Test
    void ofAFailureTheReasonComesFirstAlsoWhereTheStartIsCut() throws IOException {
        first = 4;
        PrintedOutput output =
                PrintedOutput.onNode(execution(ExecutionState.FAILED), new OutputExtent(4, 10, "exit status 3"), node);
        assertThat(output.cut()).isEqualTo(4);
        assertThat(output.length()).isEqualTo(14 + 6);
        assertThat(all(output, 0, 20)).isEqualTo("exit status 3\n456789");
        assertThat(all(output, 12, 17)).isEqualTo("3\n456");
        assertThat(all(output, 19, 20)).isEqualTo("9");
    }

    @Test
    void whileItRunsThereIsNoReason() throws IOException {
        PrintedOutput output =
                PrintedOutput.onNode(execution(ExecutionState.RUNNING), new OutputExtent(0, 10, "early"), node);
        assertThat(all(output, 0, output.length())).isEqualTo("0123456789");
    }

    @Test
    void whatGoesAwayWhileItIsReadIsAnErrorAndNeverSomethingElse() {
        PrintedOutput output =
                PrintedOutput.onNode(execution(ExecutionState.SUCCESS), new OutputExtent(0, 10, ""), node);
        first = 5;
        assertThatThrownBy(() -> output.read(0, 9))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("was cut");
        file = new byte[0];
        assertThatThrownBy(() -> output.read(6, 9))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("node n1");
    }
}
