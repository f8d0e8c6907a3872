package io.dkron.core.cluster;

/**
 * Names of clusters. One that was recovered from what was left of another gets a name of its own that ends with its
 * predecessor's, so that members follow it and refuse whoever comes back under the old one (protocol P20).
 */
public final class ClusterIds {
    private static final char OF = '~';

    private ClusterIds() {}

    /**
     * The name of the cluster that follows one.
     *
     * @param fresh random, without {@code ~}
     */
    public static String successor(String predecessor, String fresh) {
        if (fresh.isEmpty() || fresh.indexOf(OF) >= 0) {
            throw new IllegalArgumentException("no name of its own: " + fresh);
        }
        return fresh + OF + own(predecessor);
    }

    /** Whether the first cluster was recovered from the second. */
    public static boolean succeeds(String id, String other) {
        int of = id.indexOf(OF);
        return of >= 0 && id.substring(of + 1).equals(own(other));
    }

    private static String own(String id) {
        int of = id.indexOf(OF);
        return of < 0 ? id : id.substring(0, of);
    }
}
