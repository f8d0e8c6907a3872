package io.dkron.ejb.service;

import java.util.List;
import java.util.Optional;

/** Whether a node is ready for requests, and why not. Cheap, safe for many threads. */
public interface Readiness {
    /** Why the store is taken to be away; empty while it answers. */
    Optional<String> storeTrouble();

    /** Everything that keeps the node from being ready, one sentence each; empty when it is ready. */
    List<String> reasons();

    /** Whether the node has come up once: its jobs are read and it led or knew a leader. */
    boolean started();

    /** Whether the node is on its way down and takes no new requests. */
    boolean stopping();
}
