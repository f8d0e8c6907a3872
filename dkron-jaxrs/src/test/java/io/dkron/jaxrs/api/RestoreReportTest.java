package io.dkron.jaxrs.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.engine.Outcome.Restored.Item;
import io.dkron.core.job.JobName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RestoreReportTest {
    private static final Item STORED = new Item(new JobName("a\"b\\ä"), Optional.empty());
    private static final Item NOT = new Item(new JobName("c"), Optional.of("nobody leads at present"));

    @Test
    void theAnswerIsTheSameWhetherItComesAtOnceOrInPieces() throws IOException {
        ByteArrayOutputStream pieces = new ByteArrayOutputStream();
        RestoreReport.write(
                pieces, List.of(List.of(STORED, NOT), List.of(STORED)).iterator());
        byte[] atOnce = RestoreReport.of(List.of(STORED, NOT, STORED));
        assertThat(pieces.toByteArray()).isEqualTo(atOnce);
        assertThat(new String(RestoreReport.of(List.of(NOT)), StandardCharsets.UTF_8))
                .isEqualTo("\"[\\\"fail create c: nobody leads at present\\\"]\"");
    }

    @Test
    void whoGoesBeforeTheEndHasTheRestDoneAllTheSame() {
        Iterator<List<Item>> steps =
                List.of(List.of(STORED), List.of(NOT), List.of(STORED)).iterator();
        assertThatThrownBy(() -> RestoreReport.write(gone(), steps)).hasMessage("connection closed");
        assertThat(steps.hasNext()).isFalse();
    }

    private static OutputStream gone() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("connection closed");
            }
        };
    }
}
