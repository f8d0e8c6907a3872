package io.dkron.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NumberedTestsTest {
    @Test
    void aNameBeginsWithItsNumbers() {
        assertThat(NumberedTests.inName("c006PrettyIndents")).containsExactly("C006");
        assertThat(NumberedTests.inName("f14F15ARunGoesOn")).containsExactly("F14", "F15");
        assertThat(NumberedTests.inName("c151AndC153AndF30AKilledLeader")).containsExactly("C151", "C153", "F30");
        assertThat(NumberedTests.inName("c017ToC020ListsArePaged")).containsExactly("C017", "C018", "C019", "C020");
        assertThat(NumberedTests.inName("c015AndF0Nothing")).containsExactly("C015");
        assertThat(NumberedTests.inName("changesOfTheClockC050")).isEmpty();
        assertThat(NumberedTests.inName("p16AnUnknownOutcome")).isEmpty();
    }
}
