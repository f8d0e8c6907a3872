package io.dkron.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.tests.support.Distribution;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code docs/known-faults.md} lists every fault once, and names the tests that there are. */
class KnownFaultsListTest {
    private static final int FAULTS = 81;
    private static final Path PAGE = Distribution.root().resolve("docs/known-faults.md");
    private static final NumberedTests TESTS = NumberedTests.below(Distribution.root());

    @BeforeAll
    static void writeWhenAsked() {
        if (Boolean.getBoolean("dkron.write")) {
            NumberedList.write(PAGE, TESTS);
        }
    }

    @Test
    void everyFaultIsListedOnceInOrder() {
        assertThat(NumberedList.read(PAGE).numbers())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, FAULTS)
                        .mapToObj(i -> String.format("F%02d", i))
                        .toList());
    }

    @Test
    void everyFaultHasATestOrAReasonAndThePageNamesWhichOne() {
        assertThat(NumberedList.read(PAGE).contradictions(TESTS))
                .as("-Ddkron.write=true brings the names of tests in line")
                .isEmpty();
    }
}
