package io.dkron.ejb.wiring;

/** The version of this build. */
final class Version {
    private Version() {}

    /** From the jar's manifest; {@code development} where there is none. */
    static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
