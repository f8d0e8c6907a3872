package io.dkron.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.tests.support.Distribution;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A page of {@code docs} lists every number once, and names the tests that there are. */
abstract class NumberedPage {
    private static final NumberedTests TESTS = NumberedTests.below(Distribution.root());

    private final Path page;
    private final String format;
    private final int count;

    /** @param format of a number, from 1 to {@code count} */
    NumberedPage(String page, String format, int count) {
        this.page = Distribution.root().resolve("docs").resolve(page);
        this.format = format;
        this.count = count;
    }

    @BeforeEach
    void writeWhenAsked() {
        if (Boolean.getBoolean("dkron.write")) {
            NumberedList.write(page, TESTS);
        }
    }

    @Test
    void everyNumberIsListedOnceInOrder() {
        assertThat(NumberedList.read(page).numbers())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, count)
                        .mapToObj(i -> String.format(format, i))
                        .toList());
    }

    @Test
    void everyNumberHasATestOrAReasonAndThePageNamesWhichOne() {
        assertThat(NumberedList.read(page).contradictions(TESTS))
                .as("-Ddkron.write=true brings the names of tests in line")
                .isEmpty();
    }
}
