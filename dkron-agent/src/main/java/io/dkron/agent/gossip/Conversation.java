package io.dkron.agent.gossip;

import io.dkron.agent.gossip.Gossip.Forgotten;
import io.dkron.agent.gossip.Gossip.Picture;
import io.dkron.agent.gossip.Wire.Kind;
import io.dkron.agent.gossip.Wire.Packet;
import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.MemberStatus;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jgroups.stack.IpAddress;

/** What members say to each other and what follows from it. All of it happens on one thread, except heartbeats. */
final class Conversation implements Heartbeats.Links, Joining.Door {
    private static final Logger LOG = System.getLogger(Gossip.class.getName());
    private static final long FLUSH_MILLIS = 50;
    private static final long REFRESH_MILLIS = 10;
    private static final long SETTLED = TimeUnit.SECONDS.toNanos(2);
    private static final long TICK_MILLIS = 1_000;
    private static final long NAME_RETRY_MILLIS = 500;
    private static final int DIFFERENCES = 2;

    private final GossipConfig config;
    private final Post post;
    private final GossipTransport transport;
    private final GossipHost host;
    private final Watchers watchers;
    private final Consumer<Picture> publisher;
    private final MemberTable table;
    private final Heartbeats heartbeats;
    private final Joining joining;
    private final Neighbours neighbours = new Neighbours();
    private final OncePerMinute quiet = new OncePerMinute();
    private final ScheduledThreadPoolExecutor thread;
    private final Map<String, Entry> news = new LinkedHashMap<>();
    private final List<Peer> reaped = new ArrayList<>();
    private final Map<String, Integer> differences = new ConcurrentHashMap<>();
    private final Map<String, Long> retried = new HashMap<>();
    private final Map<IpAddress, Long> greeted = new HashMap<>();
    private volatile Map<String, Entry> known = Map.of();
    private volatile Map<IpAddress, Entry> byAddress = Map.of();
    private volatile Packet heartbeat;
    private boolean changed;
    private boolean flushing;
    private long lastFlush = System.nanoTime() - TimeUnit.SECONDS.toNanos(1);
    private boolean refreshing;
    private boolean ended;
    private long nameRefusedSince;
    private long lastCompare = System.nanoTime();

    Conversation(
            GossipConfig config,
            Peer self,
            Post post,
            GossipTransport transport,
            GossipHost host,
            Watchers watchers,
            Consumer<Picture> publisher) {
        this.config = config;
        this.post = post;
        this.transport = transport;
        this.host = host;
        this.watchers = watchers;
        this.publisher = publisher;
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, "dkron-gossip");
            made.setDaemon(true);
            return made;
        });
        thread.setRemoveOnCancelPolicy(true);
        Entry own = new Entry(
                self,
                ThreadLocalRandom.current().nextLong(),
                System.currentTimeMillis(),
                1,
                Optional.empty(),
                false,
                System.nanoTime());
        this.table = new MemberTable(own, this::noted);
        this.heartbeats = new Heartbeats(config.timing(), this);
        this.joining = new Joining(config, transport.address(), this);
        refresh();
    }

    void start() {
        heartbeats.start();
        thread.scheduleWithFixedDelay(guarded(this::tick), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        joining.start();
    }

    // ---- the one thread

    void run(Runnable task) {
        try {
            thread.execute(guarded(task));
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "gossip is closed");
        }
    }

    <T> Future<T> submit(Callable<T> task) {
        FutureTask<T> result = new FutureTask<>(task);
        try {
            thread.execute(guarded(result));
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("gossip is closed", e);
        }
        return result;
    }

    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
                if (changed && !refreshing) {
                    refreshing = true;
                    thread.schedule(guarded(this::refresh), REFRESH_MILLIS, TimeUnit.MILLISECONDS);
                }
            } catch (RejectedExecutionException e) {
                LOG.log(Level.DEBUG, "gossip is closed");
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "gossip failed at a task", e); // others must not suffer
            }
        };
    }

    /** What other threads see. Not after each of many news, but once for those that come together. */
    private void refresh() {
        refreshing = false;
        changed = false;
        List<Entry> others = table.others();
        Map<String, Entry> ids = new HashMap<>();
        Map<IpAddress, Entry> addresses = new HashMap<>();
        for (Entry other : others) {
            ids.put(other.id(), other);
            addresses.put(Post.addressOf(other), other);
        }
        known = ids;
        byAddress = addresses;
        heartbeat = new Packet(Kind.PING, stripped(table.self()), table.cluster(), List.of(), table.digest(), "");
        neighbours.present(others, System.nanoTime());
        heartbeats.watch(neighbours.watched(table.self(), others), others);
        if (!others.isEmpty()) {
            joining.met();
        }
        publisher.accept(new Picture(
                table.self().peer(),
                Gossip.byName(table.shown().stream().map(Entry::peer).toList()),
                table.lead(),
                table.cluster(),
                joining.joined()));
        List.copyOf(reaped).forEach(peer -> watchers.tell(() -> host.reaped(peer)));
        reaped.clear();
    }

    @Override
    public void joinedChanged() {
        run(() -> changed = true);
    }

    // ---- this node's own words

    void say(Function<Entry, Peer> change, Optional<String> cause) {
        Entry self = table.self();
        Peer peer = change.apply(self);
        if (!peer.equals(self.peer())) {
            table.say(peer, self.lead(), System.nanoTime(), cause.orElse("own wish"));
            refresh();
        }
    }

    void claim(Optional<Fence> lead) {
        if (!lead.equals(table.self().lead())) {
            table.say(table.self().peer(), lead, System.nanoTime(), "lead");
            refresh();
        }
    }

    void farewell() {
        Future<Boolean> said = submit(() -> {
            say(entry -> Entry.withStatus(entry.peer(), MemberStatus.LEFT), Optional.empty());
            ended = true;
            flush();
            return true;
        });
        try {
            said.get(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            LOG.log(Level.WARNING, "gossip could not say that this node left: it will be seen as failed", e);
        }
    }

    void close() {
        joining.close();
        heartbeats.close();
        thread.shutdownNow();
    }

    // ---- news

    /** News go out at once when it was quiet, and together when there are many. */
    private void noted(MemberTable.Change change) {
        changed = true;
        Entry after = change.after();
        news.put(after.id(), after);
        if (!flushing) {
            flushing = true;
            long wait = lastFlush + TimeUnit.MILLISECONDS.toNanos(FLUSH_MILLIS) - System.nanoTime();
            thread.schedule(guarded(this::flush), Math.max(0, wait), TimeUnit.NANOSECONDS);
        }
        boolean wasShown = change.before().filter(e -> !e.forgotten()).isPresent();
        if (after.forgotten() && wasShown) {
            reaped.add(after.peer());
        }
        MemberLog.log(change);
    }

    private void flush() {
        flushing = false;
        lastFlush = System.nanoTime();
        if (news.isEmpty()) {
            return;
        }
        List<Entry> entries = List.copyOf(news.values());
        news.clear();
        neighbours.present(table.others(), lastFlush);
        neighbours.told(table.self(), table.others()).forEach(member -> send(member, Kind.NEWS, entries));
    }

    private void send(Entry to, Kind kind, List<Entry> entries) {
        post.send(Post.addressOf(to), packet(kind, entries, 0, ""));
    }

    private Packet packet(Kind kind, List<Entry> entries, long number, String text) {
        return new Packet(kind, table.self(), table.cluster(), entries, number, text);
    }

    private static Entry stripped(Entry entry) {
        var member = entry.peer().member();
        var bare = new io.dkron.core.cluster.Member(
                member.id(),
                member.name(),
                member.address(),
                member.port(),
                member.rpcPort(),
                member.server(),
                new java.util.TreeMap<>(),
                member.status(),
                member.journalId());
        Map<String, String> attributes = new HashMap<>();
        entry.peer().attribute(Peer.PREDECESSOR).ifPresent(id -> attributes.put(Peer.PREDECESSOR, id));
        return entry.with(entry.peer().with(bare).with(attributes));
    }

    // ---- what comes in

    void received(IpAddress from, byte[] bytes, int offset, int length) {
        Packet packet;
        try {
            packet = Wire.read(bytes, offset, length, System.nanoTime());
        } catch (IOException e) {
            if (quiet.first("unreadable " + from)) {
                LOG.log(Level.WARNING, "gossip message dropped from=" + from + " reason=\"" + e.getMessage() + "\"");
            }
            return;
        }
        Entry sender = known.get(packet.sender().id());
        boolean member = sender != null && sender.sameProcess(packet.sender());
        if (member) {
            heartbeats.heard(sender);
        }
        switch (packet.kind()) {
            case PING -> answer(from, packet, member);
            case PONG -> answered(packet, member);
            default -> run(() -> handle(from, packet));
        }
    }

    /** Answers a heartbeat at once, whatever else is going on. */
    private void answer(IpAddress from, Packet ping, boolean member) {
        Packet own = heartbeat;
        post.sendNow(from, new Packet(Kind.PONG, own.sender(), own.cluster(), List.of(), own.number(), ping.text()));
        if (!member) {
            run(() -> greetStranger(from, ping));
        }
    }

    private void answered(Packet pong, boolean member) {
        if (!pong.entries().isEmpty()) {
            Entry other = known.get(pong.entries().get(0).id());
            if (other != null && other.sameProcess(pong.entries().get(0))) {
                heartbeats.heard(other);
            }
        }
        if (member && pong.number() == heartbeat.number()) {
            differences.remove(pong.sender().id());
        } else if (member) {
            run(() -> compareDigest(pong));
        }
    }

    private void compareDigest(Packet pong) {
        String id = pong.sender().id();
        if (pong.number() == table.digest() || System.nanoTime() - lastFlush < SETTLED) {
            differences.remove(id);
        } else if (differences.merge(id, 1, Integer::sum) >= DIFFERENCES) {
            differences.remove(id);
            table.byId(id).filter(Entry::present).ifPresent(member -> send(member, Kind.COMPARE, everything()));
        }
    }

    private List<Entry> everything() {
        return List.copyOf(table.all());
    }

    private void handle(IpAddress from, Packet packet) {
        if (ended) {
            return;
        }
        if (packet.kind() == Kind.HELLO) {
            hello(from, packet);
        } else if (packet.kind() == Kind.REFUSED) {
            refused(from, packet);
        } else if (!Clusters.meet(
                table.self().peer(), table.cluster(), packet.sender().peer(), packet.cluster())) {
            refuse(
                    from,
                    packet,
                    new Admission.Refusal(
                            Admission.Reason.CLUSTER,
                            Admission.otherCluster(packet.cluster(), table.cluster()),
                            Optional.empty()));
        } else if (packet.kind() == Kind.WELCOME) {
            welcome(from, packet);
        } else {
            fromMember(from, packet);
        }
    }

    private void fromMember(IpAddress from, Packet packet) {
        Optional<Entry> sender = table.byId(packet.sender().id()).filter(e -> e.sameProcess(packet.sender()));
        if (sender.isEmpty() || !sender.get().present() && packet.sender().present()) {
            greetStranger(from, packet);
            return;
        }
        if (packet.kind() == Kind.ASK) {
            packet.entries().stream()
                    .flatMap(e -> table.byId(e.id()).stream())
                    .filter(Entry::present)
                    .forEach(target -> heartbeats.askFor(target, from));
            return;
        }
        mergeAll(packet);
        if (packet.kind() == Kind.COMPARE) {
            List<Entry> better = betterThan(packet.entries());
            if (!better.isEmpty()) {
                post.send(from, packet(Kind.NEWS, better, 0, ""));
            }
        }
    }

    private List<Entry> betterThan(List<Entry> theirs) {
        Map<String, Entry> ids = new HashMap<>();
        theirs.forEach(e -> ids.put(e.id(), e));
        return table.all().stream()
                .filter(e -> !ids.containsKey(e.id()) || e.newerThan(ids.get(e.id())))
                .toList();
    }

    private void mergeAll(Packet packet) {
        String from = packet.sender().name();
        List<Entry> all = new ArrayList<>(packet.entries());
        all.sort((a, b) -> Boolean.compare(b.present(), a.present())); // who keeps a name before who lost it
        all.forEach(entry -> merge(entry, "told by " + from));
    }

    private void merge(Entry entry, String cause) {
        if (!Clusters.meet(
                table.self().peer(), table.cluster(), entry.peer(), entry.peer().clusterId())) {
            if (quiet.first("foreign " + entry.id())) {
                LOG.log(
                        Level.WARNING,
                        "member of another cluster ignored name=" + entry.name() + " cluster="
                                + entry.peer().clusterId().orElse("none") + " cause=\"" + cause + "\"");
            }
            return;
        }
        Optional<Entry> alive = table.byId(entry.id()).filter(known -> refutes(known, entry));
        if (alive.isPresent()) {
            heartbeats.suspect(alive.get());
            send(alive.get(), Kind.NEWS, List.of(entry)); // it says otherwise to all that believed it
            return;
        }
        long now = System.nanoTime();
        switch (table.merge(entry, cause, now)) {
            case CORRECT -> correct(entry, now);
            case REPLACED ->
                fatal("this node was started again elsewhere (start "
                        + entry.peer().starts() + " at " + entry.peer().member().address()
                        + "); this older process has to end");
            case NAME_LOST ->
                fatal("another node with the name " + table.self().name() + " started earlier (" + entry.id() + " at "
                        + entry.peer().member().address() + "); choose another --node-name");
            case FINE -> {}
        }
    }

    /** Who was cut off takes everybody for failed, and says so when the way is open again; who hears them knows better. */
    private boolean refutes(Entry known, Entry news) {
        return news.status() == MemberStatus.FAILED
                && !news.forgotten()
                && known.present()
                && known.sameProcess(news)
                && known.sequence() == news.sequence()
                && heartbeats.heardLately(known);
    }

    private void correct(Entry entry, long now) {
        if (!ended) {
            table.correct(entry, now);
        }
    }

    private void fatal(String reason) {
        if (!ended) {
            ended = true;
            watchers.tell(() -> host.fatal(reason));
        }
    }

    // ---- meeting

    private void hello(IpAddress from, Packet packet) {
        Optional<Admission.Refusal> refusal =
                Admission.judge(table, packet.sender(), packet.cluster(), packet.number() == 1);
        if (refusal.isPresent()) {
            refuse(from, packet, refusal.get());
            return;
        }
        merge(packet.sender(), "it joined");
        neighbours.met(packet.sender());
        if (!ended) {
            post.send(from, packet(Kind.WELCOME, everything(), 0, ""));
        }
    }

    private void refuse(IpAddress from, Packet packet, Admission.Refusal refusal) {
        refusal.holder().filter(e -> !e.id().equals(table.self().id())).ifPresent(heartbeats::doubt);
        post.send(from, packet(Kind.REFUSED, List.of(), refusal.reason().ordinal(), refusal.text()));
        if (refusal.reason() != Admission.Reason.SELF && quiet.first("refuse " + from + refusal.reason())) {
            LOG.log(
                    Level.WARNING,
                    "node refused name=" + packet.sender().name() + " from=" + from + " reason=\"" + refusal.text()
                            + "\"");
        }
    }

    private void welcome(IpAddress from, Packet packet) {
        nameRefusedSince = 0;
        mergeAll(packet);
        neighbours.met(packet.sender());
        List<Entry> better = betterThan(packet.entries());
        if (!better.isEmpty() && !ended) {
            post.send(from, packet(Kind.NEWS, better, 0, ""));
        }
        joining.met();
        changed = true;
    }

    private void refused(IpAddress from, Packet packet) {
        int number = (int) packet.number();
        Admission.Reason reason = number >= 0 && number < Admission.Reason.values().length
                ? Admission.Reason.values()[number]
                : Admission.Reason.NONE;
        if (reason == Admission.Reason.SELF) {
            joining.own(from);
            return;
        }
        joining.failed(from, packet.text());
        if (quiet.first("refused " + from + reason)) {
            LOG.log(
                    Level.WARNING,
                    "this node was refused by=" + packet.sender().name() + " address=" + from + " reason=\""
                            + packet.text() + "\"");
        }
        if (reason == Admission.Reason.NAME || reason == Admission.Reason.REPLACED) {
            nameRefused(from, packet.text());
        }
    }

    /** The member that keeps the name may be dead and not found out yet: asks again until it must have been. */
    private void nameRefused(IpAddress from, String text) {
        long now = System.nanoTime();
        if (nameRefusedSince == 0) {
            nameRefusedSince = now;
        }
        long limit = config.timing()
                .timeout()
                .plus(config.timing().probe().multipliedBy(2))
                .toNanos();
        if (now - nameRefusedSince > limit) {
            fatal("refused by " + from + ": " + text);
        } else {
            thread.schedule(guarded(() -> greet(from)), NAME_RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void greetStranger(IpAddress from, Packet packet) {
        long now = System.nanoTime();
        Long before = greeted.get(from);
        if (before == null || now - before > TimeUnit.SECONDS.toNanos(1)) {
            if (greeted.size() > 1_000) {
                greeted.clear();
            }
            greeted.put(from, now);
            greet(from);
        }
    }

    private void greet(IpAddress address) {
        if (!ended) {
            long alone = table.others().isEmpty() ? 1 : 0;
            post.send(address, packet(Kind.HELLO, List.of(), alone, ""));
        }
    }

    @Override
    public void knock(IpAddress address) {
        run(() -> greet(address));
    }

    @Override
    public void gaveUp(String reason) {
        run(() -> fatal(reason));
    }

    @Override
    public boolean alone() {
        return known.isEmpty();
    }

    // ---- failures

    void connectionLost(IpAddress address) {
        Entry member = byAddress.get(address);
        if (member != null) {
            heartbeats.suspect(member);
        }
    }

    void nobodyAt(IpAddress address) {
        joining.failed(address, "nobody listens there");
        Entry member = byAddress.get(address);
        if (member != null) {
            heartbeats.nobodyAt(member);
        }
    }

    void refusedByKey(IpAddress address, String reason) {
        joining.failed(address, reason);
    }

    @Override
    public void ping(Entry target) {
        Packet own = heartbeat;
        post.send(
                Post.addressOf(target),
                new Packet(Kind.PING, own.sender(), own.cluster(), List.of(), own.number(), target.id()));
    }

    @Override
    public void ask(Entry helper, Entry target) {
        Packet own = heartbeat;
        post.send(
                Post.addressOf(helper),
                new Packet(Kind.ASK, own.sender(), own.cluster(), List.of(stripped(target)), 0, target.id()));
    }

    @Override
    public void answered(IpAddress asker, Entry target) {
        Packet own = heartbeat;
        post.send(
                asker,
                new Packet(
                        Kind.PONG, own.sender(), own.cluster(), List.of(stripped(target)), own.number(), target.id()));
    }

    @Override
    public void failed(Entry member, String cause) {
        run(() -> {
            Optional<Entry> now = table.byId(member.id()).filter(e -> e.present() && e.sameProcess(member));
            if (now.isPresent() && !ended) {
                table.put(now.get().in(MemberStatus.FAILED, System.nanoTime()), cause);
                transport.hangUp(Post.addressOf(member));
            }
        });
    }

    /** What this node knows of a present member. */
    Optional<Entry> present(String id) {
        return Optional.ofNullable(known.get(id));
    }

    Forgotten forget(String name) {
        Optional<Entry> holder = table.holderOf(name);
        if (holder.isEmpty()) {
            return Forgotten.UNKNOWN;
        }
        if (holder.get().present()) {
            return Forgotten.ALIVE;
        }
        table.put(holder.get().asForgotten(System.nanoTime()), "somebody asked for it");
        refresh();
        return Forgotten.DONE;
    }

    // ---- now and then

    private void tick() {
        if (ended) {
            return;
        }
        long now = System.nanoTime();
        if (neighbours.settled(now)) {
            changed = true;
        }
        for (Entry over : table.reap(config.reconnectTimeout(), now)) {
            table.put(over.asForgotten(now), "its time is over");
        }
        reconnect(now);
        if (now - lastCompare > config.timing().sync().toNanos()) {
            lastCompare = now;
            List<Entry> others = table.others();
            if (!others.isEmpty()) {
                Entry one = others.get(ThreadLocalRandom.current().nextInt(others.size()));
                post.send(Post.addressOf(one), heartbeatFor(one));
            }
        }
    }

    /** A heartbeat to a random member: its digest tells whether a comparison is worth it. */
    private Packet heartbeatFor(Entry one) {
        Packet own = heartbeat;
        differences.put(one.id(), DIFFERENCES - 1);
        return new Packet(Kind.PING, own.sender(), own.cluster(), List.of(), own.number(), one.id());
    }

    /** Tries one failed member: soon after it failed, then ever more rarely. */
    private void reconnect(long now) {
        List<Entry> failed = table.shown().stream()
                .filter(e -> e.status() == MemberStatus.FAILED)
                .filter(e -> now - retried.getOrDefault(e.id(), e.since()) >= pause(now - e.since()))
                .toList();
        retried.keySet()
                .removeIf(id -> table.byId(id)
                        .filter(e -> e.status() == MemberStatus.FAILED)
                        .isEmpty());
        if (!failed.isEmpty()) {
            Entry one = failed.get(ThreadLocalRandom.current().nextInt(failed.size()));
            retried.put(one.id(), now);
            greet(Post.addressOf(one));
        }
    }

    private long pause(long failedFor) {
        return Math.min(config.timing().reconnect().toNanos(), Math.max(TimeUnit.SECONDS.toNanos(1), failedFor / 4));
    }
}
