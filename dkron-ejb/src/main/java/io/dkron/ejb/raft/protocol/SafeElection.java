package io.dkron.ejb.raft.protocol;

import io.dkron.ejb.raft.log.LogFailedException;
import io.dkron.ejb.raft.protocol.ElectionMessage.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jgroups.Address;
import org.jgroups.EmptyMessage;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.raft.RaftHeader;
import org.jgroups.protocols.raft.election.BaseElection;
import org.jgroups.raft.util.Utils;

/**
 * Elects as the Raft paper does, and stands right below {@link SafeRaft} in the stack (protocol P7, P10). In jgroups-raft the
 * coordinator of the view collects votes, counts them by its own list of members, and names the leader. Here:
 *
 * <ol>
 *   <li>A member that sees no leader polls the others, which binds nobody. When a majority sees none either, the one with
 *       the longest log is asked to stand. So a member that was away disturbs nobody, and the first round usually decides.
 *   <li>Who stands raises the term, votes for itself, and asks for votes. A member grants one vote a term, and only to a log
 *       that is as far as its own. It counts by the newest list of members in its own log, committed or not, which is the one
 *       that what is committed was counted by, or the next.
 *       A vote must be written to a disk: who loses gives the voters twice the time the next time, up to eight times, and
 *       also rests at random, up to twice as long, before it polls again, whatever rings. Two who stand while the other
 *       still writes its own vote refuse each other; with rests shorter than such a write they would do so for ever.
 *   <li>Who gave its vote to another leaves it some time to say that it won, {@link #patience}: until then it neither polls nor
 *       stands, and says no to those who do. Otherwise a leader that handed over could take the lead back before the news of
 *       the election reached it (protocol P22).
 *   <li>Who is not in its own list of members neither polls nor stands. It does answer: who asks knows whether it counts,
 *       and one that was just added may not know it yet.
 * </ol>
 *
 * <p>The view says who can be reached, so that a death is noticed at once; a leader that stays in the view but is silent for
 * longer than {@link SafeRaft#silence} counts as none too.
 */
public final class SafeElection extends BaseElection {
    private static final System.Logger LOG = System.getLogger(SafeElection.class.getName());
    private static final long TURN_MILLIS = 150;
    private static final long LOOK_MILLIS = 250;
    private static final long PATIENCE_MILLIS = 400;
    private static final int MOST_DOUBLINGS = 3;

    static {
        Wire.register();
        ClassConfigurator.addProtocol(Wire.ELECTION, SafeElection.class);
    }

    private final Runnable changed;
    private final Object bell = new Object();
    private final AtomicLong rounds = new AtomicLong(ThreadLocalRandom.current().nextLong(1L << 40));
    private SafeRaft safe;
    private Thread thread;
    private volatile boolean running;
    private boolean rung;
    private volatile Tally poll = new Tally(-1);
    private volatile Tally votes = new Tally(-1);
    private volatile long patienceNanos = TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    private volatile long gaveVoteAt = System.nanoTime() - TimeUnit.DAYS.toNanos(1);
    private volatile Optional<Boolean> askedToStand = Optional.empty();
    private int lost; // elections that this member stood in in vain since there was a leader
    private long restsUntil = System.nanoTime();

    /** An election for the {@link SafeRaft} above. */
    public SafeElection() {
        this(() -> {});
    }

    /** @param changed called after who leads or who is in the view may have changed; must return at once */
    public SafeElection(Runnable changed) {
        setId(Wire.ELECTION);
        this.changed = changed;
    }

    /** How long who got this member's vote may take to say that it won; 400 ms unless set. */
    public SafeElection patience(Duration limit) {
        patienceNanos = limit.toNanos();
        return this;
    }

    /**
     * Hands the lead over: asks a follower that has everything to stand, which it wins unless something fails meanwhile. The
     * caller takes no more commands before, and waits for {@link RaftListener#deposed}.
     *
     * @param to its Raft id; empty for any
     * @return who was asked; empty when this member does not lead or no such follower is up to date
     */
    public Optional<String> handOver(Optional<String> to) {
        if (!safe.isLeader()) {
            return Optional.empty();
        }
        Optional<String> target = safe.progress().stream()
                .filter(progress -> progress.behind() == 0 && safe.voters().contains(progress.id()))
                .map(Progress::id)
                .filter(id -> to.isEmpty() || to.get().equals(id))
                .findFirst();
        target.flatMap(this::addressOf).ifPresent(this::handOver);
        return target;
    }

    /** Asks that member to stand although this one leads; who has less than the voters does not win. */
    public void handOver(Address to) {
        tell(to, Kind.STAND, 0, true);
    }

    /** Looks soon whether a leader must be elected. */
    public void wake() {
        ring();
    }

    /** The members of the view whose votes count here, this one with them, in the order of the view. */
    public List<Address> voters() {
        View now = view;
        Collection<String> members = safe.voters();
        return now == null
                ? List.of()
                : now.getMembers().stream()
                        .filter(address -> members.contains(Utils.extractRaftId(address)))
                        .toList();
    }

    @Override
    public void init() throws Exception {
        super.init();
        safe = (SafeRaft) raft;
    }

    @Override
    public void start() throws Exception {
        super.start();
        if (!safe.synchronous()) {
            running = true;
            thread = new Thread(this::loop, "dkron-raft-election");
            thread.setDaemon(true);
            thread.start();
        }
    }

    @Override
    public void stop() {
        running = false;
        ring();
        if (thread != null) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(2));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        safe.setLeaderAndTerm(null);
    }

    /** {@link #wake}, as the library calls it. */
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // the bell has a lock of its own
    public BaseElection startVotingThread() {
        ring();
        return this;
    }

    /** Nothing to stop: the thread lives with the protocol. */
    @Override
    public BaseElection stopVotingThread() {
        return this;
    }

    @Override
    public boolean isVotingThreadRunning() {
        return running;
    }

    @Override
    protected void handleView(View newView) {
        Set<Address> known = view == null ? Set.of() : Set.copyOf(view.getMembers());
        view = newView;
        Address leader = safe.leader();
        if (leader != null && (!newView.containsMember(leader) || (safe.isLeader() && !majorityInView()))) {
            safe.setLeaderAndTerm(null);
        } else {
            claim().ifPresent(claim -> newView.getMembers().stream()
                    .filter(address -> !known.contains(address) && !address.equals(local_addr))
                    .forEach(address -> send(address, copy(claim))));
        }
        changed.run();
        ring();
    }

    @Override
    protected void handleMessage(Message message, RaftHeader header) {
        if (!(header instanceof ElectionMessage) || safe.whyStopped().isPresent()) {
            return;
        }
        ElectionMessage said = (ElectionMessage) header;
        Address from = message.getSrc();
        try {
            switch (said.kind()) {
                case POLL -> answerPoll(from, said);
                case POLL_ANSWER -> poll.add(from, said);
                case STAND -> stand(said.yes());
                case VOTE_REQUEST -> vote(from, said);
                case VOTE -> votes.add(from, said);
                case LEADER -> follow(from, said);
            }
        } catch (LogFailedException e) {
            LOG.log(System.Logger.Level.DEBUG, "raft election gave up, the member has stopped", e);
        }
    }

    /**
     * Polls, and lets the best stand.
     *
     * @return whether somebody stood
     */
    boolean round() throws InterruptedException {
        List<Address> others = others();
        Tally tally = new Tally(rounds.incrementAndGet());
        poll = tally;
        tally.add(local_addr, message(Kind.POLL_ANSWER, tally.round(), !decided()));
        others.forEach(address -> tell(address, Kind.POLL, tally.round(), false));
        tally.await(others, safe.quorum(), vote_timeout);
        Map<Address, ElectionMessage> answers = tally.answers();
        num_voting_rounds++;
        if (count(answers) < safe.quorum()) {
            return false;
        }
        Address best = best(answers);
        if (best.equals(local_addr)) {
            return campaign(false);
        }
        tell(best, Kind.STAND, 0, false);
        return true;
    }

    /**
     * Stands for the next term.
     *
     * @param although whether there may be a leader, who hands over
     * @return whether this member leads now
     */
    boolean campaign(boolean although) throws InterruptedException {
        Tally tally = new Tally(rounds.incrementAndGet());
        Optional<ElectionMessage> request = safe.locked(() -> {
            if (!isMember() || (!although && decided()) || safe.whyStopped().isPresent()) {
                return Optional.empty();
            }
            safe.createNewTerm();
            safe.votedFor(local_addr);
            votes = tally;
            return Optional.of(message(Kind.VOTE_REQUEST, tally.round(), although));
        });
        if (request.isEmpty()) {
            return false;
        }
        List<Address> others = others();
        tally.add(local_addr, message(Kind.VOTE, tally.round(), true));
        others.forEach(address -> send(address, copy(request.get())));
        tally.await(others, safe.quorum(), vote_timeout << Math.min(lost, MOST_DOUBLINGS));
        boolean won = lead(request.get().currTerm(), tally.answers());
        if (won) {
            lost = 0;
        } else {
            lost++;
            long longest = TURN_MILLIS << Math.min(lost, MOST_DOUBLINGS);
            long rest = ThreadLocalRandom.current().nextLong(TURN_MILLIS / 2, longest);
            restsUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(rest);
        }
        return won;
    }

    private boolean lead(long term, Map<Address, ElectionMessage> answers) {
        long highest = answers.values().stream()
                .mapToLong(ElectionMessage::currTerm)
                .max()
                .orElse(term);
        Optional<ElectionMessage> won = safe.locked(() -> {
            safe.currentTerm(highest);
            boolean wins = safe.currentTerm() == term && safe.leader() == null && count(answers) >= safe.quorum();
            if (!wins || !isMember()) {
                return Optional.empty();
            }
            safe.setLeaderAndTerm(local_addr, term);
            return claim();
        });
        if (won.isPresent()) {
            LOG.log(System.Logger.Level.INFO, "raft leader elected member=" + safe.raftId() + " term=" + term);
            for (Address address : view.getMembers()) {
                if (!address.equals(local_addr)) {
                    send(address, copy(won.get()));
                }
            }
        }
        changed.run();
        return won.isPresent();
    }

    /**
     * That this member leads, with the term in which it does; empty when it does not. Made under the lock: a vote for
     * somebody in a later term must not come between, or the claim would be of a term that another may win.
     */
    private Optional<ElectionMessage> claim() {
        return safe.locked(() -> safe.isLeader() ? Optional.of(message(Kind.LEADER, 0, true)) : Optional.empty());
    }

    private void answerPoll(Address from, ElectionMessage asked) {
        tell(from, Kind.POLL_ANSWER, asked.round(), !decided());
    }

    private void stand(boolean although) {
        askedToStand = Optional.of(although);
        if (safe.synchronous()) {
            turn();
        } else {
            ring();
        }
    }

    private void vote(Address from, ElectionMessage asked) {
        ElectionMessage answer = safe.locked(() -> {
            long before = safe.currentTerm();
            boolean granted = (asked.yes() || !decided()) && granted(from, asked);
            if (safe.currentTerm() > before) {
                votes.end(); // those of an earlier term count no longer
            }
            return message(Kind.VOTE, asked.round(), granted);
        });
        send(from, answer);
    }

    /** Under the lock: no entry of an older term can be acknowledged between the comparison and the vote. */
    private boolean granted(Address from, ElectionMessage asked) {
        if (safe.currentTerm(asked.currTerm()) < 0) {
            return false;
        }
        long last = safe.segments().lastAppended();
        boolean far =
                asked.lastIndex() == last && asked.lastTerm() == safe.segments().termOf(last);
        if (!far && !asked.isFurtherThan(safe.segments().termOf(last), last)) {
            return false;
        }
        Address voted = safe.votedFor();
        if (voted == null) {
            safe.votedFor(from);
            gaveVoteAt = System.nanoTime();
            return true;
        }
        return voted.equals(from);
    }

    private void follow(Address from, ElectionMessage said) {
        boolean here = view == null || view.containsMember(from);
        safe.locked(() -> {
            if (here && said.currTerm() >= safe.currentTerm()) {
                boolean other = said.currTerm() == safe.currentTerm()
                        && safe.leader() != null
                        && !safe.leader().equals(from);
                if (other) {
                    safe.fail("term " + said.currTerm() + " has two leaders", Optional.empty());
                } else {
                    safe.trySetLeaderAndTerm(from, said.currTerm());
                }
            }
            return null;
        });
        changed.run();
        ring();
    }

    private void loop() {
        long wantedSince = 0;
        while (running) {
            try {
                listen();
                if (askedToStand.isPresent()) {
                    turn();
                } else if (!wanted()) {
                    wantedSince = 0;
                    lost = 0;
                } else {
                    long now = System.nanoTime();
                    wantedSince = wantedSince == 0 ? now : wantedSince;
                    if (now - restsUntil >= 0
                            && now - wantedSince >= TimeUnit.MILLISECONDS.toNanos(rank() * TURN_MILLIS)) {
                        round();
                    }
                }
            } catch (InterruptedException e) {
                running = false;
            } catch (LogFailedException e) {
                LOG.log(System.Logger.Level.DEBUG, "raft election gave up, the member has stopped", e);
            } catch (RuntimeException e) {
                safe.fail("the election failed: " + e, Optional.of(e));
            }
        }
    }

    private void turn() {
        Optional<Boolean> asked = askedToStand;
        askedToStand = Optional.empty();
        try {
            if (asked.isPresent()) {
                campaign(asked.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            running = false;
        }
    }

    /** Waits for the bell, or some time; longer while there is a leader. */
    private void listen() throws InterruptedException {
        long some = wanted() ? ThreadLocalRandom.current().nextLong(TURN_MILLIS / 2, TURN_MILLIS) : LOOK_MILLIS;
        synchronized (bell) {
            if (!rung) {
                bell.wait(some);
            }
            rung = false;
        }
    }

    private void ring() {
        synchronized (bell) {
            rung = true;
            bell.notifyAll();
        }
    }

    private boolean wanted() {
        return view != null && safe.whyStopped().isEmpty() && isMember() && !decided() && majorityInView();
    }

    /** Whether there is a leader, or somebody who may have become it by this member's vote. */
    private boolean decided() {
        return leaderSeen() || System.nanoTime() - gaveVoteAt < patienceNanos;
    }

    private boolean isMember() {
        return safe.voters().contains(safe.raftId());
    }

    private boolean leaderSeen() {
        Address leader = safe.leader();
        return leader != null
                && (leader.equals(local_addr)
                        || ((view == null || view.containsMember(leader)) && !safe.leaderSilent()));
    }

    private boolean majorityInView() {
        Set<String> reached = new HashSet<>();
        view.getMembers().forEach(address -> reached.add(Utils.extractRaftId(address)));
        reached.retainAll(safe.voters());
        return reached.size() >= safe.quorum();
    }

    /** The other members of the view, without those who are no members by the own list. */
    private List<Address> others() {
        List<Address> others = new ArrayList<>(voters());
        others.remove(local_addr);
        return others;
    }

    /** How many members of the own list said yes; one that appears twice counts once. */
    private long count(Map<Address, ElectionMessage> answers) {
        Collection<String> members = safe.voters();
        return answers.entrySet().stream()
                .filter(answer -> answer.getValue().yes())
                .map(answer -> Utils.extractRaftId(answer.getKey()))
                .filter(members::contains)
                .distinct()
                .count();
    }

    private Address best(Map<Address, ElectionMessage> answers) {
        Address best = local_addr;
        ElectionMessage furthest = answers.get(best);
        for (Map.Entry<Address, ElectionMessage> answer : answers.entrySet()) {
            if (answer.getValue().isFurtherThan(furthest.lastTerm(), furthest.lastIndex())) {
                best = answer.getKey();
                furthest = answer.getValue();
            }
        }
        return best;
    }

    /** The place among the members in the view: the first begins, the others wait a little in case it cannot. */
    private long rank() {
        Collection<String> members = safe.voters();
        return view.getMembers().stream()
                .takeWhile(address -> !address.equals(local_addr))
                .filter(address -> members.contains(Utils.extractRaftId(address)))
                .count();
    }

    private Optional<Address> addressOf(String id) {
        return view.getMembers().stream()
                .filter(address -> Utils.extractRaftId(address).equals(id))
                .findFirst();
    }

    private ElectionMessage message(Kind kind, long round, boolean yes) {
        return safe.locked(() -> {
            long last = safe.segments().lastAppended();
            return new ElectionMessage(
                    kind, safe.currentTerm(), round, safe.segments().termOf(last), last, yes);
        });
    }

    private static ElectionMessage copy(ElectionMessage said) {
        return new ElectionMessage(
                said.kind(), said.currTerm(), said.round(), said.lastTerm(), said.lastIndex(), said.yes());
    }

    private void tell(Address to, Kind kind, long round, boolean yes) {
        send(to, message(kind, round, yes));
    }

    private void send(Address to, ElectionMessage said) {
        if (safe.whyStopped().isEmpty()) {
            down_prot.down(new EmptyMessage(to).putHeader(id, said).setFlag(Message.Flag.OOB));
        }
    }
}
