package io.dkron.ejb.raft;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.rpc.proto.GroupChangeRequest;
import io.dkron.agent.rpc.proto.GroupChangeResponse;
import io.dkron.ejb.raft.RaftGroup.Parts;
import io.dkron.ejb.raft.protocol.Progress;
import io.dkron.ejb.service.RaftOperations;
import io.grpc.StatusRuntimeException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Changes that somebody asks for: a server removed, the lead handed over, this server leaving. Elsewhere, the leader is asked. */
final class Changes implements RaftOperations {
    private static final Logger LOG = System.getLogger(Changes.class.getName());
    private static final Duration WITHIN = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final long LOOK_MILLIS = 5;
    private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Conductor group;
    private final Parts parts;
    private final GroupCalls calls;

    Changes(Conductor group, Parts parts, GroupCalls calls) {
        this.group = Objects.requireNonNull(group, "group");
        this.parts = Objects.requireNonNull(parts, "parts");
        this.calls = Objects.requireNonNull(calls, "calls");
    }

    @Override
    public Status status() {
        Optional<RaftMember> open = group.member();
        if (open.isEmpty()) {
            return new Status(0, Optional.empty(), 0, List.of());
        }
        RaftMember member = open.get();
        List<String> voters = member.members();
        List<String> present = member.present();
        List<String> all = new ArrayList<>(voters);
        present.stream().filter(id -> !all.contains(id)).forEach(all::add);
        var addresses = member.addresses();
        GroupState state = group.state();
        List<Server> servers = all.stream()
                .sorted()
                .map(id -> new Server(
                        id,
                        group.peer(id).map(peer -> peer.member().name()).orElse(""),
                        addresses.getOrDefault(id, state.members().getOrDefault(id, "")),
                        member.leader().filter(id::equals).isPresent()
                                ? "leader"
                                : present.contains(id) ? "follower" : "failed",
                        voters.contains(id)))
                .toList();
        return new Status(member.term(), member.leader(), member.committed(), servers);
    }

    @Override
    public CompletionStage<Answer> remove(String server) {
        return change(server, this::removeHere, GroupChange.REMOVE);
    }

    @Override
    public CompletionStage<Answer> promote(String server) {
        return change(server, this::promoteHere, GroupChange.PROMOTE);
    }

    private enum GroupChange {
        REMOVE,
        PROMOTE
    }

    private interface Here {
        Answer apply(RaftMember member, String id) throws InterruptedException;
    }

    private CompletionStage<Answer> change(String server, Here here, GroupChange what) {
        return CompletableFuture.supplyAsync(
                () -> {
                    Optional<RaftMember> member = group.member();
                    if (member.isEmpty()) {
                        return unavailable(group.trouble().orElse("the server is in no cluster"));
                    }
                    try {
                        return member.get().leads()
                                ? here(member.get(), server, here)
                                : elsewhere(member.get(), server, what);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return unavailable("the server stops");
                    }
                },
                parts.workers());
    }

    private Answer here(RaftMember member, String server, Here here) throws InterruptedException {
        Optional<String> id = find(member, server);
        return id.isPresent()
                ? here.apply(member, id.get())
                : new Answer(Change.UNKNOWN, "id \"" + server + "\" was not found in the Raft configuration");
    }

    private Optional<String> find(RaftMember member, String server) {
        return member.members().stream()
                .filter(id -> id.equals(server) || Chores.node(id).equals(server))
                .findFirst();
    }

    /** Asks whoever leads; again for a while where nobody is known to: after a hand-over that takes a moment. */
    private Answer elsewhere(RaftMember member, String server, GroupChange what) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        Answer answer = askLeader(member, server, what);
        while (answer.change() == Change.UNAVAILABLE && until - System.nanoTime() > 0) {
            Thread.sleep(LOOK_MILLIS);
            answer = askLeader(member, server, what);
        }
        return answer;
    }

    private Answer askLeader(RaftMember member, String server, GroupChange what) {
        Optional<Peer> leader = member.leader().flatMap(group::peer);
        if (leader.isEmpty()) {
            return unavailable("no leader among the servers");
        }
        GroupChangeRequest request = GroupChangeRequest.newBuilder()
                .setCluster(group.clusterId().orElse(""))
                .setServer(server)
                .build();
        try {
            var stub = calls.blocking(leader.get(), WITHIN.plusSeconds(2));
            GroupChangeResponse answer =
                    what == GroupChange.REMOVE ? stub.removeServer(request) : stub.promoteServer(request);
            return new Answer(Change.valueOf(answer.getChange()), answer.getDetail());
        } catch (StatusRuntimeException | IllegalArgumentException e) {
            return unavailable("the leader " + leader.get().member().name() + " does not answer: " + e.getMessage());
        }
    }

    private Answer removeHere(RaftMember member, String id) throws InterruptedException {
        List<String> rest =
                member.members().stream().filter(other -> !other.equals(id)).toList();
        if (rest.isEmpty()) {
            return new Answer(Change.REFUSED, "it is the only server");
        }
        long present = rest.stream().filter(member.present()::contains).count();
        if (present < rest.size() / 2 + 1) {
            return new Answer(
                    Change.REFUSED,
                    "of the " + rest.size() + " servers that would stay only " + present + " are alive");
        }
        if (group.raftId().filter(id::equals).isPresent()) {
            if (!handOver(Optional.empty(), WITHIN)) {
                return unavailable("the lead could not be handed to another server first");
            }
            return elsewhere(member, id, GroupChange.REMOVE);
        }
        return done(member.remove(id));
    }

    private Answer promoteHere(RaftMember member, String id) throws InterruptedException {
        if (group.raftId().filter(id::equals).isPresent()) {
            return new Answer(Change.DONE, "");
        }
        Optional<Progress> target =
                member.progress().stream().filter(p -> p.id().equals(id)).findFirst();
        if (target.isEmpty() || target.get().behind() > Chores.CLOSE) {
            return new Answer(
                    Change.REFUSED,
                    target.map(p -> "it is " + p.behind() + " entries behind").orElse("it is not alive"));
        }
        if (!handOver(Optional.of(id), WITHIN)) {
            return unavailable("it did not take the lead in time");
        }
        return member.leader().filter(id::equals).isPresent()
                ? new Answer(Change.DONE, "")
                : unavailable("another server took the lead");
    }

    private static Answer done(CompletableFuture<byte[]> change) throws InterruptedException {
        try {
            change.get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(Change.DONE, "");
        } catch (ExecutionException e) {
            return unavailable(String.valueOf(e.getCause().getMessage()));
        } catch (TimeoutException e) {
            return unavailable("no majority confirmed it in time; it may be done later");
        }
    }

    private static Answer unavailable(String why) {
        return new Answer(Change.UNAVAILABLE, why);
    }

    /**
     * Hands the lead over: takes no more work, lets what is in flight end, and asks the follower that is most up to date, or
     * the given one, to take the lead (protocol P22).
     *
     * @return whether this server does not lead any more
     */
    boolean handOver(Optional<String> wanted, Duration within) throws InterruptedException {
        Optional<RaftMember> open = group.member();
        if (open.isEmpty() || !open.get().leads()) {
            return open.isPresent();
        }
        RaftMember member = open.get();
        Optional<String> target = wanted.or(() -> closest(member));
        if (target.isEmpty()) {
            return false;
        }
        long begun = System.nanoTime();
        long until = begun + within.toNanos();
        group.quiet(true);
        try {
            member.barrier().get(within.toMillis(), TimeUnit.MILLISECONDS);
            boolean over = await(until, () -> behind(member, target.get()) == 0);
            over = over && ask(member, target.get(), until);
            if (over) {
                LOG.log(
                        Level.INFO,
                        "lead handed over to={0} took={1}ms",
                        member.leader().orElse("nobody"),
                        Long.toString((System.nanoTime() - begun) / 1_000_000));
            }
            return !member.leads();
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.WARNING, "lead not handed over reason=" + e.getMessage());
            return !member.leads();
        } finally {
            group.quiet(false);
        }
    }

    /** Asks again each quarter of a second: one that was just added may not know yet that it counts. */
    private static boolean ask(RaftMember member, String target, long until) throws InterruptedException {
        boolean over = false;
        while (!over && until - System.nanoTime() > 0) {
            member.handOver(target);
            long next = Math.min(until - System.nanoTime(), ASK_AGAIN_NANOS);
            over = await(
                    System.nanoTime() + next,
                    () -> !member.leads() && member.leader().isPresent());
        }
        return over;
    }

    private static Optional<String> closest(RaftMember member) {
        List<String> voters = member.members();
        return member.progress().stream()
                .filter(other -> voters.contains(other.id()) && other.behind() <= Chores.CLOSE)
                .min(Comparator.comparingLong(Progress::behind).thenComparingLong(Progress::silentMillis))
                .map(Progress::id);
    }

    private static long behind(RaftMember member, String id) {
        return member.progress().stream()
                .filter(other -> other.id().equals(id))
                .mapToLong(Progress::behind)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    private static boolean await(long until, BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            if (until - System.nanoTime() <= 0) {
                return false;
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return true;
    }

    /** Leaves for good, see {@link RaftGroup#leave}. */
    Answer leave() throws InterruptedException {
        Optional<RaftMember> open = group.member();
        String own = group.raftId().orElse("");
        if (open.isEmpty()) {
            return unavailable(group.trouble().orElse("the server is in no cluster"));
        }
        RaftMember member = open.get();
        if (!member.isVoter()) {
            group.gone();
            return new Answer(Change.DONE, "");
        }
        if (member.members().size() == 1) {
            return new Answer(Change.DONE, ""); // alone: the data stay valid
        }
        if (member.leads() && !handOver(Optional.empty(), WITHIN)) {
            return unavailable("the lead could not be handed to another server");
        }
        Answer answer = elsewhere(member, own, GroupChange.REMOVE);
        if (answer.change() == Change.DONE || answer.change() == Change.UNKNOWN) {
            group.gone();
            return new Answer(Change.DONE, "");
        }
        return answer;
    }
}
