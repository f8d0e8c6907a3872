package io.dkron.jaxrs.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.jaxrs.problem.ApiProblem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PortionedBodyTest {
    private static final int EACH = 200_000;

    @Test
    void manyValuesMayBeLargerTogetherThanOneOfThem() throws IOException {
        PortionedBody body = body(10 * EACH, 20L * EACH);
        for (int i = 0; i < 10; i++) {
            assertThat(body.readNBytes(EACH)).hasSize(EACH);
            body.next();
        }
        assertThat(body.read()).isEqualTo(-1);
    }

    @Test
    void aValueThatIsTooLargeIsNamed() throws IOException {
        PortionedBody body = body(10 * EACH, 20L * EACH);
        body.readNBytes(EACH);
        body.next();
        assertThatThrownBy(body::readAllBytes)
                .isInstanceOf(ApiProblem.class)
                .hasMessageContaining("jobs[1] is larger than " + EACH + " bytes");
    }

    @Test
    void theWholeHasALimitToo() {
        PortionedBody body = body(EACH, EACH - 1);
        assertThatThrownBy(body::readAllBytes).hasMessageContaining("The body is larger than " + (EACH - 1) + " bytes");
    }

    private static PortionedBody body(int size, long most) {
        return new PortionedBody(new ByteArrayInputStream(new byte[size]), most, EACH);
    }
}
