package io.dkron.jaxrs.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.execution.OutputTail;
import io.dkron.ejb.service.PrintedOutput;
import io.dkron.jaxrs.live.OutputSearch.Line;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OutputSearchTest {
    private static OutputSearch search(String output, long cut, String text, int limit) throws IOException {
        byte[] bytes = output.getBytes(StandardCharsets.UTF_8);
        return OutputSearch.in(PrintedOutput.stored(new OutputTail(bytes, bytes.length + cut)), text, limit);
    }

    @Test
    void linesAreFoundWithTheirNumbersAndOffsets() throws IOException {
        assertThat(search("one\ntwö x\n\nx", 0, "x", 9))
                .isEqualTo(new OutputSearch(java.util.List.of(new Line(2, 4, "twö x"), new Line(4, 12, "x")), false));
        assertThat(search("one\ntwö\n", 100, "wö", 9).lines()).containsExactly(new Line(2, 104, "twö"));
        assertThat(search("one", 0, "One", 9).lines()).isEmpty();
        assertThat(search("", 0, "x", 9).lines()).isEmpty();
    }

    @Test
    void thereAreMoreOnlyIfALineBeyondTheLimitMatches() throws IOException {
        assertThat(search("x\nx\ny\n", 0, "x", 2).more()).isFalse();
        assertThat(search("x\nx\nx\n", 0, "x", 2).more()).isTrue();
        assertThat(search("x\nx\nx\n", 0, "x", 2).lines()).hasSize(2);
    }

    @Test
    void aLongLineIsFoundOnceAndShownInPart() throws IOException {
        OutputSearch found = search("x".repeat(3_000_000) + "\nend x\n", 0, "x", 9);
        assertThat(found.lines()).hasSize(2);
        assertThat(found.lines().get(0).text()).hasSize(1_001).endsWith("x…");
        assertThat(found.lines().get(1)).isEqualTo(new Line(2, 3_000_001, "end x"));
    }
}
