package io.dkron.core.access;

/** What a caller may do; each role includes those before it. */
public enum Role {
    READ,
    /** Run, cancel, toggle, save and delete jobs. */
    RUN,
    /** Members, restore, leave, internals. */
    ADMIN;

    /** Whether a caller with this role may do what needs the other. */
    public boolean covers(Role needed) {
        return compareTo(needed) >= 0;
    }
}
