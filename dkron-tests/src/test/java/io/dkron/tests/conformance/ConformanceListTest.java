package io.dkron.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.tests.support.Distribution;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code docs/conformance.md} lists every case once, and names the tests that there are. */
class ConformanceListTest {
    private static final int CASES = 160;
    private static final Path PAGE = Distribution.root().resolve("docs/conformance.md");
    private static final NumberedTests TESTS = NumberedTests.below(Distribution.root());

    @BeforeAll
    static void writeWhenAsked() {
        if (Boolean.getBoolean("dkron.write")) {
            NumberedList.write(PAGE, TESTS);
        }
    }

    @Test
    void everyCaseIsListedOnceInOrder() {
        assertThat(NumberedList.read(PAGE).numbers())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, CASES)
                        .mapToObj(i -> String.format("C%03d", i))
                        .toList());
    }

    @Test
    void everyCaseHasATestOrAReasonAndThePageNamesWhichOne() {
        assertThat(NumberedList.read(PAGE).contradictions(TESTS))
                .as("-Ddkron.write=true brings the names of tests in line")
                .isEmpty();
    }
}
