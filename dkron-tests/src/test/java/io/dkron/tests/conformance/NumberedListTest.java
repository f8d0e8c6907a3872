package io.dkron.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumberedListTest {
    private static final NumberedTests RIGHT = NumberedTests.of(Map.of("C001", Set.of("OneIT", "TwoIT")));

    @TempDir
    Path folder;

    private Path page;

    @BeforeEach
    void aPage() throws IOException {
        page = Files.writeString(folder.resolve("page.md"), """
                ## Some

                | id | then | shown by |
                |---|---|---|
                | C001 | a \\| b | `OneIT`, `TwoIT` |
                | C002 | c | waits |
                | C003 | d | differs |

                ## Differs on purpose

                | C003 | for a good reason |

                ## Waits for

                | C002 | what is to come |
                """);
    }

    private void change(String from, String to) throws IOException {
        Files.writeString(page, Files.readString(page).replace(from, to));
    }

    @Test
    void aPageThatIsRightHasNoContradiction() {
        assertThat(NumberedList.read(page).numbers()).containsExactly("C001", "C002", "C003");
        assertThat(NumberedList.read(page).contradictions(RIGHT)).isEmpty();
    }

    @Test
    void aTestThatIsGoneOrNotNamedIsFound() {
        NumberedTests others = NumberedTests.of(Map.of("C001", Set.of("OneIT"), "C004", Set.of("FourIT")));
        assertThat(NumberedList.read(page).contradictions(others))
                .containsExactly(
                        "C001 names [OneIT, TwoIT], and tests of that number are in [OneIT]",
                        "C004 is carried by [FourIT] and not listed");
    }

    @Test
    void aCaseWithoutTestOrReasonIsFound() throws IOException {
        change("| waits |", "| |");
        change("`OneIT`, `TwoIT`", "`OneIT`, `TwoIT`, perhaps");
        change("| C003 | for a good reason |", "| C003 | so |");
        assertThat(NumberedList.read(page).contradictions(RIGHT))
                .contains("C002 has neither a test nor a reason", "C002: its row and the table of what waits disagree")
                .anyMatch(c -> c.startsWith("C003 under differs has no reason"))
                .anyMatch(c -> c.startsWith("C001 says [perhaps]"));
    }

    @Test
    void writingNamesTheTestsThatThereAreAndEndsTheWait() throws IOException {
        NumberedTests others =
                NumberedTests.of(Map.of("C001", Set.of("OneIT"), "C002", Set.of("TwoIT"), "C003", Set.of("ThreeTest")));
        NumberedList.write(page, others);
        assertThat(NumberedList.read(page).contradictions(others)).isEmpty();
        assertThat(page)
                .content()
                .contains("| C001 | a \\| b | `OneIT` |", "| C002 | c | `TwoIT` |")
                .contains("`ThreeTest`, differs");
    }
}
