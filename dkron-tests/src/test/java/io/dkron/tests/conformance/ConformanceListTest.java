package io.dkron.tests.conformance;

/** {@code docs/conformance.md}: the cases that are kept of Dkron. */
class ConformanceListTest extends NumberedPage {
    ConformanceListTest() {
        super("conformance.md", "C%03d", 160);
    }
}
