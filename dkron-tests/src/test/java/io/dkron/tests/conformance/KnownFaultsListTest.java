package io.dkron.tests.conformance;

/** {@code docs/known-faults.md}: what users of Dkron had trouble with. */
class KnownFaultsListTest extends NumberedPage {
    KnownFaultsListTest() {
        super("known-faults.md", "F%02d", 81);
    }
}
