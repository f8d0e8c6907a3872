package io.dkron.core.cluster;

/** A member's state as gossip knows it, with the codes of Dkron's API. */
public enum MemberStatus {
    NONE(0),
    ALIVE(1),
    LEAVING(2),
    LEFT(3),
    FAILED(4);

    private final int code;

    MemberStatus(int code) {
        this.code = code;
    }

    /** The number in the API. */
    public int code() {
        return code;
    }

    /** The word in the API. */
    public String text() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
