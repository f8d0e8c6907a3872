package io.dkron.ejb.raft.protocol;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jgroups.Address;
import org.jgroups.raft.util.Utils;

/** What a leader knows of one other member of the view. */
final class Peer {
    /** How entries go to it. */
    enum Mode {
        /** Nothing is known yet, or something was lost: one request at a time, until one is agreed to. */
        PROBE,
        /** Its log is ours up to {@code match}: entries go out without waiting for answers. */
        STREAM,
        /** The entries it needs are gone: it must fetch the state. */
        STATE
    }

    private record Sent(long last, long bytes) {}

    private static final int IN_FLIGHT = 16_384;
    private static final long IN_FLIGHT_BYTES = 8 << 20;

    private final Deque<Sent> out = new ArrayDeque<>();
    private long outBytes;

    final Address address;
    final String id;
    Mode mode = Mode.PROBE;
    /** The next entry to send. */
    long next;
    /** Up to here its log was found to be ours, and is on its disk; counts for a majority. */
    long match;
    /** The highest commit index that it was told. */
    long toldCommit = -1;
    /** A probe is out. */
    boolean waiting;
    /** It is probed since it did not answer in time, so that what was sent before may wait there. */
    boolean stalled;

    long sentAt;
    long heardAt;
    long movedAt;

    Peer(Address address, long next, long now) {
        this.address = address;
        this.id = Utils.extractRaftId(address);
        this.next = next;
        this.sentAt = now;
        this.heardAt = now;
        this.movedAt = now;
    }

    void probe(long from, long now) {
        mode = Mode.PROBE;
        out.clear();
        outBytes = 0;
        next = from;
        waiting = false;
        stalled = false;
        movedAt = now;
    }

    long inFlight() {
        return next - 1 - match;
    }

    /** Whether more may go out before answers come: a slow member must not fill the memory of the transport. */
    boolean hasRoom() {
        return inFlight() < IN_FLIGHT && outBytes < IN_FLIGHT_BYTES;
    }

    /** Entries up to {@code last} went out. */
    void sent(long last, long bytes) {
        out.add(new Sent(last, bytes));
        outBytes += bytes;
    }

    void agreed(long index) {
        match = Math.max(match, index);
        while (!out.isEmpty() && out.getFirst().last() <= match) {
            outBytes -= out.removeFirst().bytes();
        }
    }
}
