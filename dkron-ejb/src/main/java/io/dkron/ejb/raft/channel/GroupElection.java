package io.dkron.ejb.raft.channel;

import io.dkron.ejb.raft.channel.VoteHeader.Kind;
import io.dkron.ejb.raft.channel.VoteHeader.LogEnd;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.jgroups.EmptyMessage;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.protocols.raft.RaftHeader;
import org.jgroups.protocols.raft.election.BaseElection;
import org.jgroups.raft.util.Utils;

/**
 * Chooses the leader. The first voter of the view calls the election when none is known and a majority of the voters is
 * there; it asks all for the end of their log, and of those that answered the one with the most becomes leader. Differs
 * from the library's election where that is not safe or not live:
 *
 * <ul>
 *   <li>Only voters call and count: there a learner that is the view's first member blocks the election, and learners make
 *       up for missing voters.
 *   <li>What comes from a server that is not in the own list of members is not heard, so that one that was removed cannot
 *       install a leader by the majority of its old list (protocol P10).
 *   <li>A vote tells the end of the log as it is after the voter entered the new term, in which it takes nothing of the old
 *       leader any more.
 *   <li>The lead can be handed to a server that is up to date (protocol P22).
 * </ul>
 */
public final class GroupElection extends BaseElection {
    private static final short PROTOCOL = 1303;
    /** How long a leader has to show itself to one that just joined. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    private static final long IDLE_MILLIS = 1000;

    static {
        ClassConfigurator.addProtocol(PROTOCOL, GroupElection.class);
        ClassConfigurator.add(VoteHeader.MAGIC, VoteHeader.class);
    }

    private final Runnable changed;
    private final Object turn = new Object();
    private final Map<Address, LogEnd> answers = new HashMap<>();
    private GroupRaft group;
    private volatile Thread caller;
    private volatile boolean favoured;
    private volatile long notBefore = System.nanoTime();
    private long calledTerm;

    /** @param changed called after who leads may have changed; must return at once */
    public GroupElection(Runnable changed) {
        this.changed = Objects.requireNonNull(changed, "changed");
    }

    @Override
    public void init() throws Exception {
        super.init();
        group = (GroupRaft) raft;
    }

    @Override
    public void start() throws Exception {
        super.start();
        Thread thread = new Thread(this::call, "dkron-raft-election");
        thread.setDaemon(true);
        caller = thread;
        thread.start();
    }

    @Override
    public void stop() {
        caller = null;
        wake();
        group.setLeaderAndTerm(null);
    }

    /** Asks a voter to take the lead; its vote request ends the own lead. Only on the leader. */
    public void handOver(Address to) {
        send(to, new VoteHeader(Kind.HAND_OVER, group.currentTerm()));
    }

    /** Gives the lead up, so that another election is called. */
    public void stepDown() {
        group.setLeaderAndTerm(null);
        changed.run();
        wake();
    }

    /** Looks again whether an election is to be called. */
    public void wake() {
        synchronized (turn) {
            turn.notifyAll();
        }
    }

    /** The voters of the view, in its order. */
    public List<Address> voters() {
        View now = view;
        List<String> ids = group.members();
        List<Address> found = new ArrayList<>();
        if (now != null) {
            for (Address member : now.getMembersRaw()) {
                if (ids.contains(Utils.extractRaftId(member))) {
                    found.add(member);
                }
            }
        }
        return found;
    }

    // The library starts and stops its own election by these.
    @Override
    public synchronized BaseElection startVotingThread() {
        wake();
        return this;
    }

    @Override
    public synchronized BaseElection stopVotingThread() {
        return this;
    }

    @Override
    protected void handleView(View v) {
        View before = view;
        view = v;
        Address leader = group.leader();
        boolean lost = leader != null && (!v.containsMember(leader) || voters().size() < group.majority());
        if (lost) {
            group.setLeaderAndTerm(null);
        } else if (group.isLeader() && !View.newMembers(before, v).isEmpty()) {
            tellElected(leader, group.currentTerm());
        }
        boolean atOnce = lost || v.size() == 1 && before == null;
        notBefore = System.nanoTime() + (atOnce ? 0 : GRACE_NANOS);
        changed.run();
        wake();
    }

    @Override
    protected void handleMessage(Message msg, RaftHeader header) {
        if (!(header instanceof VoteHeader vote)) {
            return;
        }
        Address from = msg.src();
        if (!group.members().contains(Utils.extractRaftId(from))) {
            log.debug("%s: not heard, no member: %s from %s", local_addr, vote, from);
            return;
        }
        switch (vote.kind()) {
            case REQUEST -> vote(from, vote.currTerm());
            case VOTE -> voted(from, vote);
            case REFUSAL -> group.currentTerm(vote.currTerm());
            case ELECTED -> vote.leader().ifPresent(leader -> elected(leader, vote.currTerm()));
            case HAND_OVER -> favour(from, vote.currTerm());
        }
    }

    private boolean isVoter() {
        return group.members().contains(group.raftId());
    }

    /** Whether it is this server's turn to call. */
    private boolean mayCall() {
        if (group.whyStopped().isPresent() || !isVoter()) {
            return false;
        }
        if (favoured) {
            return true;
        }
        List<Address> voters = voters();
        return group.leader() == null
                && voters.size() >= group.majority()
                && voters.get(0).equals(local_addr);
    }

    private void call() {
        while (caller == Thread.currentThread()) {
            try {
                long pause = 0;
                if (!mayCall()) {
                    pause = IDLE_MILLIS;
                } else if (!favoured && notBefore - System.nanoTime() > 0) {
                    pause = TimeUnit.NANOSECONDS.toMillis(notBefore - System.nanoTime()) + 1;
                } else {
                    round();
                    pause = mayCall() ? ThreadLocalRandom.current().nextLong(20, 150) : 0;
                }
                if (pause > 0) {
                    synchronized (turn) {
                        turn.wait(pause);
                    }
                }
            } catch (InterruptedException e) {
                return; // told to end
            } catch (RuntimeException e) {
                log.error("%s: an election failed: %s", local_addr, e);
            }
        }
    }

    private void round() throws InterruptedException {
        boolean winner = favoured;
        favoured = false;
        List<Address> voters = voters();
        long term = begin();
        num_voting_rounds++;
        for (Address voter : voters) {
            if (!voter.equals(local_addr)) {
                send(voter, new VoteHeader(Kind.REQUEST, term));
            }
        }
        Map<Address, LogEnd> got = await(voters.size());
        if (got.size() < group.majority()) {
            log.debug("%s: %d of %d votes in term %d", local_addr, got.size(), voters.size(), term);
            return;
        }
        Address leader = best(got, voters, winner);
        if (group.currentTerm() == term && view.containsMember(leader)) {
            group.trySetLeaderAndTerm(leader, term);
            tellElected(leader, term);
        }
        changed.run();
    }

    /** A new term, with the own vote in it. */
    private long begin() {
        long term = group.createNewTerm();
        group.votedFor(local_addr);
        synchronized (answers) {
            calledTerm = term;
            answers.clear();
            answers.put(local_addr, end());
        }
        return term;
    }

    private Map<Address, LogEnd> await(int wanted) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(vote_timeout);
        synchronized (answers) {
            while (answers.size() < wanted && until - System.nanoTime() > 0) {
                answers.wait(TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime()) + 1);
            }
            return new HashMap<>(answers);
        }
    }

    private Address best(Map<Address, LogEnd> got, List<Address> voters, boolean preferSelf) {
        Address best = local_addr;
        for (Address voter : voters) { // of equal ones the oldest
            LogEnd end = got.get(voter);
            int more = end == null ? -1 : end.compareTo(got.get(best));
            boolean tie = more == 0 && !preferSelf && voters.indexOf(voter) < voters.indexOf(best);
            if (more > 0 || tie) {
                best = voter;
            }
        }
        return best;
    }

    private void vote(Address from, long term) {
        if (!isVoter() || group.whyStopped().isPresent()) {
            return;
        }
        if (group.currentTerm(term) < 0) {
            send(from, new VoteHeader(Kind.REFUSAL, group.currentTerm()));
            return;
        }
        Address given = group.votedFor();
        if (given == null || given.equals(from)) {
            try {
                group.votedFor(from);
                send(from, VoteHeader.vote(term, end()));
            } catch (IllegalStateException e) { // another was faster
                log.debug("%s: no vote for %s: %s", local_addr, from, e.getMessage());
            }
        }
        changed.run();
    }

    private void voted(Address from, VoteHeader vote) {
        synchronized (answers) {
            if (vote.currTerm() == calledTerm) {
                answers.put(from, vote.end());
                answers.notifyAll();
            }
        }
    }

    private void elected(Address leader, long term) {
        View now = view;
        if (now == null || !now.containsMember(leader)) {
            return;
        }
        try {
            group.trySetLeaderAndTerm(leader, term);
        } catch (IllegalStateException e) { // two leaders of one term cannot be
            log.error("%s: %s", local_addr, e.getMessage());
        }
        changed.run();
    }

    private void favour(Address from, long term) {
        if (isVoter() && from.equals(group.leader()) && term == group.currentTerm()) {
            favoured = true;
            wake();
        }
    }

    private LogEnd end() {
        long last = group.log().lastAppended();
        return new LogEnd(
                Optional.ofNullable(group.log().get(last)).map(LogEntry::term).orElse(0L), last);
    }

    private void tellElected(Address leader, long term) {
        Message msg = new EmptyMessage(null)
                .putHeader(id, VoteHeader.elected(term, leader))
                .setFlag(Message.TransientFlag.DONT_LOOPBACK);
        down_prot.down(msg);
    }

    private void send(Address to, VoteHeader header) {
        down_prot.down(new EmptyMessage(to).setFlag(Message.Flag.OOB).putHeader(id, header));
    }
}
