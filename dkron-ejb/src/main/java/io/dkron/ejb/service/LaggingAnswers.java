package io.dkron.ejb.service;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Requests that were answered before this node's copy showed what they did (protocol P25), until whoever writes the answer
 * takes note. Holds few; what nobody takes is forgotten. Safe for many threads.
 */
public final class LaggingAnswers {
    private static final int MOST = 1_000;

    private final Set<String> requests = new LinkedHashSet<>();

    /** The answer to the request of that id is ahead of this node's copy. */
    public synchronized void add(String request) {
        if (requests.size() == MOST) {
            requests.remove(requests.iterator().next());
        }
        requests.add(request);
    }

    /** Whether it is, and forgets it. */
    public synchronized boolean take(String request) {
        return requests.remove(request);
    }
}
