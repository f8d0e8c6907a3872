package io.dkron.agent.gossip;

import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.MemberStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * All members as this node knows them, and the rules by which news of them count. No I/O and no clock; one thread.
 *
 * <p>News spread in any order and more than once, so the rules give all members the same picture whatever came first: the
 * higher start of a node wins, then the member's own later word, then a failure over life. Of two nodes with one name the
 * one that started earlier keeps it (protocol P23).
 */
final class MemberTable {
    private static final Duration LEFT_REMEMBERED = Duration.ofHours(24);
    private static final Duration FORGOTTEN_REMEMBERED = Duration.ofHours(24);

    private final Map<String, Entry> entries = new HashMap<>();
    private final Consumer<Change> changes;
    private Entry self;
    private long digest;
    private Optional<String> learnedCluster = Optional.empty();
    private boolean clusterKnown;

    /**
     * A member's entry became another.
     *
     * @param before empty for a member not known before
     */
    record Change(Optional<Entry> before, Entry after, String cause) {}

    /** What news about this node itself mean. */
    enum Verdict {
        /** Nothing to do but to spread it if it changed something. */
        FINE,
        /** Others know old or wrong things of this node: it has to say again what is. */
        CORRECT,
        /** A later start of this node is alive. */
        REPLACED,
        /** Another node keeps this node's name. */
        NAME_LOST
    }

    MemberTable(Entry self, Consumer<Change> changes) {
        this.changes = changes;
        this.self = self;
        entries.put(self.id(), self);
        digest = mix(self);
    }

    Entry self() {
        return self;
    }

    Collection<Entry> all() {
        return entries.values();
    }

    Optional<Entry> byId(String id) {
        return Optional.ofNullable(entries.get(id));
    }

    /** Those that are not forgotten, this node included. */
    List<Entry> shown() {
        return entries.values().stream().filter(e -> !e.forgotten()).toList();
    }

    /** The present members besides this node, in the order of the ring. */
    List<Entry> others() {
        return entries.values().stream()
                .filter(e -> e.present() && !e.id().equals(self.id()))
                .toList();
    }

    /** The node that has this name now, alive or not. */
    Optional<Entry> holderOf(String name) {
        return entries.values().stream()
                .filter(e -> !e.forgotten() && e.name().equals(name))
                .max(Comparator.comparing(Entry::present));
    }

    /** Sum over all entries: two members with the same sum know the same. */
    long digest() {
        return digest;
    }

    /** The cluster that this node goes by: its own, or having none that of the members it knows. */
    Optional<String> cluster() {
        if (!clusterKnown) {
            learnedCluster = self.peer()
                    .clusterId()
                    .or(() -> others().stream()
                            .filter(e -> e.peer().clusterId().isPresent())
                            .min(Comparator.comparing(
                                            (Entry e) -> !e.peer().member().server())
                                    .thenComparing(Entry::id))
                            .flatMap(e -> e.peer().clusterId()));
            clusterKnown = true;
        }
        return learnedCluster;
    }

    /** The claim of the highest term among the present. */
    Optional<Lead> lead() {
        Optional<String> cluster = cluster();
        return entries.values().stream()
                .filter(Entry::present)
                .filter(e -> e.lead().isPresent()
                        && (cluster.isEmpty()
                                || cluster.get().equals(e.lead().get().clusterId())))
                .max(Comparator.comparingLong(e -> e.lead().get().term()))
                .map(e -> new Lead(e.lead().get(), e.id()));
    }

    /** This node's own word about itself. */
    void say(Peer peer, Optional<Fence> lead, long now, String cause) {
        put(self.next(peer, lead, now), cause);
    }

    /** Another member's state as this node found out. */
    void put(Entry entry, String cause) {
        Optional<Entry> before = Optional.ofNullable(entries.put(entry.id(), entry));
        before.ifPresent(e -> digest -= mix(e));
        digest += mix(entry);
        clusterKnown = false;
        if (entry.id().equals(self.id())) {
            self = entry;
        }
        changes.accept(new Change(before, entry, cause));
    }

    /** Takes news from a member of this cluster. */
    Verdict merge(Entry news, String cause, long now) {
        if (news.id().equals(self.id())) {
            return aboutSelf(news);
        }
        Entry known = entries.get(news.id());
        if (known != null && !news.newerThan(known)) {
            return Verdict.FINE;
        }
        if (news.forgotten()) {
            put(news, cause);
            return Verdict.FINE;
        }
        Optional<Entry> holder = entries.values().stream()
                .filter(e -> !e.forgotten() && e.name().equals(news.name()) && !e.id().equals(news.id()))
                .findFirst();
        if (holder.isEmpty()) {
            put(news, cause);
            return Verdict.FINE;
        }
        return contest(news, holder.get(), cause, now);
    }

    private Verdict contest(Entry news, Entry holder, String cause, long now) {
        boolean newsWins = news.present() != holder.present() ? news.present() : earlier(news, holder);
        if (!newsWins) {
            put(news.asForgotten(now), "its name belongs to " + holder.id());
            put(holder, "keeps its name"); // told again, so that the other learns why it has to go
            return Verdict.FINE;
        }
        if (holder.id().equals(self.id())) {
            put(news, cause);
            return Verdict.NAME_LOST;
        }
        put(holder.asForgotten(now), "its name belongs to " + news.id());
        put(news, cause);
        return Verdict.FINE;
    }

    static boolean earlier(Entry a, Entry b) {
        return a.startedAt() != b.startedAt() ? a.startedAt() < b.startedAt() : a.id().compareTo(b.id()) < 0;
    }

    private Verdict aboutSelf(Entry news) {
        if (news.sameProcess(self)) {
            return news.newerThan(self) ? Verdict.CORRECT : Verdict.FINE;
        }
        if (news.peer().starts() > self.peer().starts()) {
            return news.startedAt() > self.startedAt() || news.present() ? Verdict.REPLACED : Verdict.CORRECT;
        }
        if (news.peer().starts() == self.peer().starts() && news.present() && news.startedAt() < self.startedAt()) {
            return Verdict.NAME_LOST;
        }
        return Verdict.CORRECT;
    }

    /** Says again what this node is, above everything that was said about it. */
    void correct(Entry news, long now) {
        Peer peer = self.peer();
        if (news.peer().starts() > peer.starts() || (!news.sameProcess(self) && news.newerThan(self))) {
            peer = new Peer(peer.member(), news.peer().starts() + 1, peer.clusterId(), peer.attributes());
        }
        Entry base = new Entry(
                self.peer(),
                self.session(),
                self.startedAt(),
                Math.max(self.sequence(), news.sequence()),
                self.lead(),
                false,
                self.since());
        put(base.next(peer, self.lead(), now), "said otherwise");
    }

    /**
     * Forgets those whose time is over.
     *
     * @return those that were shown until now
     */
    List<Entry> reap(Duration reconnectTimeout, long now) {
        List<Entry> over = new ArrayList<>();
        for (Entry entry : List.copyOf(entries.values())) {
            Duration age = Duration.ofNanos(now - entry.since());
            if (entry.forgotten() && age.compareTo(FORGOTTEN_REMEMBERED) > 0) {
                entries.remove(entry.id());
                clusterKnown = false;
                digest -= mix(entry);
            } else if (!entry.forgotten() && !entry.present() && age.compareTo(limit(entry, reconnectTimeout)) > 0) {
                over.add(entry);
            }
        }
        return over;
    }

    private static Duration limit(Entry entry, Duration reconnectTimeout) {
        return entry.status() == MemberStatus.LEFT ? LEFT_REMEMBERED : reconnectTimeout;
    }

    private static long mix(Entry e) {
        long hash = e.id().hashCode();
        hash = scramble(hash * 31 + e.peer().starts());
        hash = scramble(hash + e.session());
        hash = scramble(hash + e.sequence());
        return scramble(hash + e.status().code() * 2L + (e.forgotten() ? 1 : 0));
    }

    private static long scramble(long x) {
        long y = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
        y = (y ^ (y >>> 27)) * 0x94d049bb133111ebL;
        return y ^ (y >>> 31);
    }
}
