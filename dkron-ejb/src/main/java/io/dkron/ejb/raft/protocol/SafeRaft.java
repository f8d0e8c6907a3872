package io.dkron.ejb.raft.protocol;

import io.dkron.ejb.raft.log.LogFailedException;
import io.dkron.ejb.raft.log.SegmentLog;
import io.dkron.ejb.raft.log.SnapshotReference;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jgroups.Address;
import org.jgroups.EmptyMessage;
import org.jgroups.Message;
import org.jgroups.ObjectMessage;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.raft.InternalCommand;
import org.jgroups.protocols.raft.Leader;
import org.jgroups.protocols.raft.Log;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.protocols.raft.RaftHeader;
import org.jgroups.protocols.raft.RaftImpl;
import org.jgroups.protocols.raft.Role;
import org.jgroups.raft.Options;
import org.jgroups.raft.util.RequestTable;
import org.jgroups.raft.util.Utils;
import org.jgroups.util.MessageBatch;
import org.jgroups.util.Util;

/**
 * jgroups-raft's protocol with the rules of the Raft paper where it has others (protocol P7, P8, P25). What it does
 * differently, and why, stands in {@code docs/reliability.md}. It keeps the frame: roles, members, life cycle, attributes;
 * replication, commit and apply are ours, and so are the headers, so that it forms no group with the stock class.
 *
 * <p>One lock covers term, vote, log, role and members: a member that granted a vote cannot acknowledge an entry of the old
 * term any more. Nothing of a caller runs under it but the {@link EntryApplier}. Answers and messages stop with the first
 * error of disk or state: {@link RaftListener#stopped} is told, and the channel must be closed.
 *
 * <p>Order of calls: {@link #log}, {@link #applier}, {@link #listener}, {@link #raftId}, {@link #members} (of a group that is
 * begun; a log that has a reference or changes of members knows better), then connect the channel. Messages need an order
 * only per sender.
 */
public class SafeRaft extends RAFT {
    private static final System.Logger LOG = System.getLogger(SafeRaft.class.getName());
    private static final long IDLE_MILLIS = 100;
    private static final long SILENCE_SECONDS = 5;
    private static final Optional<String> NEVER = Optional.empty();

    static {
        Wire.register();
        ClassConfigurator.addProtocol(Wire.RAFT, SafeRaft.class);
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Replication replication = new Replication(this);
    private final Following following = new Following(this);
    private final Voters voters = new Voters();
    private final News news = new News();
    private final Map<Long, Proposal> waiting = new HashMap<>();
    private final Deque<Runnable> afterUnlock = new ArrayDeque<>();
    private SegmentLog segments;
    private Applying applying;
    private volatile long openedTerm;
    private volatile long openingIndex;
    private volatile long readyTerm;
    private volatile long heardAt = System.nanoTime();
    private volatile long silenceNanos = TimeUnit.SECONDS.toNanos(SILENCE_SECONDS);
    private volatile boolean unheard;
    private Address knownLeader;
    private long stateAskedAt = System.nanoTime() - TimeUnit.DAYS.toNanos(1);
    private boolean fullTold;
    private CompletableFuture<byte[]> memberChange = CompletableFuture.completedFuture(new byte[0]);
    private final AtomicReference<Optional<String>> stopped = new AtomicReference<>(NEVER);
    private boolean inTurn;

    /** A member with {@code fsync}, without the library's cache of the log, telling of commits at once. */
    public SafeRaft() {
        setId(Wire.RAFT);
        _max_log_cache_size = 0;
        _log_use_fsync = true;
        resend_interval = 20;
        max_log_size = 64L << 20;
    }

    /** What committed entries change. */
    public SafeRaft applier(EntryApplier applier) {
        applying = new Applying(applier);
        return this;
    }

    /** Who is told what happens here. */
    public SafeRaft listener(RaftListener listener) {
        news.listener(listener);
        return this;
    }

    /** The log, opened; it is closed with the channel. */
    @Override
    public SafeRaft log(Log log) {
        if (log != null) {
            segments = (SegmentLog) log;
            segments.onFailure(failed -> fail(failed.getMessage(), Optional.of(failed)));
        }
        super.log(log);
        return this;
    }

    /**
     * How long nothing may be heard: of a leader, before it counts as none, and by a leader of a majority, before it gives the
     * lead up. 5 s unless set.
     */
    public SafeRaft silence(Duration limit) {
        silenceNanos = limit.toNanos();
        return this;
    }

    /** Whether this member gave the lead up since no majority was heard any more; until a leader is known again. */
    public boolean gaveUp() {
        return unheard;
    }

    /**
     * Raft ids of those whose votes and copies count: the newest list of members in the log, also while it is not committed.
     * {@link #members} is the newest one that is known to be committed.
     */
    public List<String> voters() {
        return locked(() -> voters.of(members()));
    }

    /** How many of the {@link #voters} decide. */
    public int quorum() {
        return voters().size() / 2 + 1;
    }

    /** True while this member leads and has applied its own first entry, and so all that was committed before. */
    public boolean leads() {
        return isLeader() && readyTerm == currentTerm();
    }

    /** The Raft id of the leader, if one is known. */
    public Optional<String> leaderId() {
        return Optional.ofNullable(leader()).map(Utils::extractRaftId);
    }

    /** Why this member has stopped; empty while it works. */
    public Optional<String> whyStopped() {
        return stopped.get();
    }

    /**
     * Writes a command. The answer is what applying it gave here, on Raft's own thread: do not wait in what follows from it.
     *
     * @return fails with {@link NotLeaderException} when nothing was written, with {@link OutcomeUnknownException} when the
     *     lead was lost meanwhile
     */
    public CompletableFuture<byte[]> propose(byte[] command) {
        return setAsync(command, 0, command.length, false, null);
    }

    /** Proves by the log that this member leads, and that all that was committed before the call is applied here. */
    public CompletableFuture<Void> barrier() {
        byte[] command = internal(new InternalCommand(InternalCommand.Type.noop, null));
        return setAsync(command, 0, command.length, true, null).thenApply(done -> null);
    }

    @Override
    public CompletableFuture<byte[]> setAsync(byte[] buf, int offset, int length, boolean internal, Options options) {
        Proposal proposal = new Proposal(buf, offset, length, internal, new CompletableFuture<>());
        if (!works() || !isLeader()) {
            return CompletableFuture.failedFuture(notLeading());
        }
        if (synchronous) {
            process(List.of(new Proposed(proposal)));
        } else if (!processing_queue.offer(new Proposed(proposal))) {
            return CompletableFuture.failedFuture(
                    new NotLeaderException("too many commands wait, nothing was written"));
        }
        return proposal.answer();
    }

    /** Not offered: the library counts any answer, also one that was sent before the question. See {@link #barrier}. */
    @Override
    public CompletableFuture<byte[]> getAsync(byte[] buf, int offset, int length, Options options) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("read after barrier() instead"));
    }

    /** Not offered: the state is not in the log. See {@link #mark} and {@link #compact}. */
    @Override
    public CompletableFuture<Void> snapshotAsync() {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("use mark() and compact() instead"));
    }

    /** How far the others of the view are; empty unless this member leads. */
    public List<Progress> progress() {
        return locked(() -> {
            long now = System.nanoTime();
            return replication.peers().stream()
                    .map(peer -> new Progress(
                            peer.id,
                            peer.match,
                            Math.max(0, last_appended - peer.match),
                            TimeUnit.NANOSECONDS.toMillis(now - peer.heardAt)))
                    .toList();
        });
    }

    /** What is applied here at this moment, with the members of then; empty before the first entry. */
    public Optional<SnapshotReference> mark() {
        return locked(() -> commit_index == 0 || applying.stateMissing()
                ? Optional.empty()
                : Optional.of(new SnapshotReference(commit_index, segments.termOf(commit_index), members(), "")));
    }

    /**
     * Drops entries that a state stands for which was forced to disk meanwhile.
     *
     * @param reference from {@link #mark}
     * @param keep how many entries before it stay, for followers that are a little behind
     */
    public void compact(SnapshotReference reference, int keep) {
        locked(() -> {
            if (reference.index() > commit_index) {
                throw new IllegalArgumentException("entry " + reference.index() + " is not committed here");
            }
            if (segments.reference().map(SnapshotReference::index).orElse(0L) < reference.index()) {
                segments.reference(reference);
            }
            segments.truncate(reference.index() + 1 - keep);
            num_snapshots++;
            curr_log_size = 0;
            fullTold = false;
            return null;
        });
    }

    /**
     * Takes over a state that was fetched from another member. First the reference is stored, so that after a crash the state
     * is fetched again; then {@code swap} puts the state in place, and must be quick; then applying goes on behind it.
     *
     * @param swap after it the applier's {@code applied()} is the reference's index
     * @throws IllegalArgumentException when that state is older than what is here: nothing was changed
     * @throws Exception of {@code swap}; the member has stopped
     */
    public void install(SnapshotReference reference, Callable<Void> swap) throws Exception {
        lock.lock();
        try {
            boolean older = applying.stateMissing()
                    ? reference.index() + 1 < segments.firstAppended()
                    : reference.index() < commit_index;
            if (older) {
                throw new IllegalArgumentException(
                        "the state of entry " + reference.index() + " is older than what is here");
            }
            segments.reference(reference);
            if (segments.termOf(reference.index()) != reference.term()) {
                segments.reinitializeTo(reference.index(), new LogEntry(reference.term(), null));
                following.installed(reference.index());
            }
            voters.restore(segments, reference.index());
            swap.call();
            applying.installed(reference.index());
            last_appended = segments.lastAppended();
            commit_index = reference.index();
            segments.commitIndex(commit_index);
            members(reference.members());
            num_snapshot_received++;
            changeRole(members().contains(raft_id) ? Role.Follower : Role.Learner);
            List<String> members = members();
            news.tell(listener -> listener.membersChanged(members));
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (Exception e) {
            fail("a fetched state could not be installed: " + e.getMessage(), Optional.of(e));
            throw e;
        } finally {
            release();
        }
    }

    @Override
    public void init() throws Exception {
        if (segments == null || applying == null) {
            throw new IllegalStateException("log and applier must be set before the start");
        }
        super.init();
    }

    @Override
    public void stop() {
        // Not in the middle of a write: the library interrupts its thread.
        lock.lock();
        try {
            stop("closed");
            stepDown();
            refuse(processing_queue);
            super.stop();
        } finally {
            release();
        }
        news.close();
    }

    /** Brings members and state to what is known to be committed; called once, by the start. */
    @Override
    public void initStateMachineFromLog() throws Exception {
        commit_index = applying.restore(segments, this);
        segments.commitIndex(commit_index);
        voters.restore(segments, commit_index);
    }

    @Override
    public Object up(Message msg) {
        RaftHeader header = msg.getHeader(id);
        if (header == null) {
            return up_prot.up(msg);
        }
        take(msg, header);
        return null;
    }

    @Override
    public void up(MessageBatch batch) {
        for (Iterator<Message> each = batch.iterator(); each.hasNext(); ) {
            Message msg = each.next();
            RaftHeader header = msg.getHeader(id);
            if (header != null) {
                each.remove();
                take(msg, header);
            }
        }
        if (!batch.isEmpty()) {
            up_prot.up(batch);
        }
    }

    @Override
    public void handleView(View view) {
        lock.lock();
        try {
            super.handleView(view);
            replication.view(isLeader() ? view.getMembers() : List.of(), System.nanoTime());
        } finally {
            release();
        }
        wake();
    }

    @Override
    public void handleUpRequest(Message msg, RaftHeader header) {
        turn(() -> receive(msg, header));
    }

    @Override
    protected void process(List<Request> requests) {
        turn(() -> {
            List<Proposal> proposals = new ArrayList<>();
            for (Request request : requests) {
                if (request instanceof Incoming) {
                    receive(((Incoming) request).message, ((Incoming) request).header);
                } else if (request instanceof Proposed) {
                    proposals.add(((Proposed) request).proposal);
                }
            }
            write(proposals);
        });
        if (!works()) {
            refuse(requests);
        }
    }

    @Override
    protected void processQueue() {
        try {
            Request first = processing_queue.poll(busy() ? resend_interval : IDLE_MILLIS, TimeUnit.MILLISECONDS);
            remove_queue.clear();
            if (first != null) {
                remove_queue.add(first);
                processing_queue.drainTo(remove_queue);
            }
            if (!synchronous) {
                process(remove_queue);
            }
        } catch (InterruptedException e) {
            // The library interrupts its thread to end it, and looks at its own mark after this returns.
            remove_queue.clear();
        }
    }

    @Override
    public int currentTerm(long newTerm) {
        return locked(() -> super.currentTerm(newTerm));
    }

    @Override
    public long createNewTerm() {
        return locked(super::createNewTerm);
    }

    @Override
    public RAFT votedFor(Address member) {
        return locked(() -> super.votedFor(member));
    }

    @Override
    public RAFT leader(Address newLeader) {
        return locked(() -> super.leader(newLeader));
    }

    @Override
    public RAFT setLeaderAndTerm(Address newLeader, long newTerm) {
        return locked(() -> super.setLeaderAndTerm(newLeader, newTerm));
    }

    @Override
    public int trySetLeaderAndTerm(Address newLeader, long newTerm) {
        return locked(() -> super.trySetLeaderAndTerm(newLeader, newTerm));
    }

    /** Runs under the lock that covers term, vote and log. */
    <T> T locked(Supplier<T> body) {
        lock.lock();
        try {
            return body.get();
        } catch (LogFailedException e) {
            fail(e.getMessage(), Optional.of(e));
            throw e;
        } finally {
            release();
        }
    }

    /** Ends this member: from now on it answers nobody. Any thread, with or without the lock. */
    void fail(String reason, Optional<Throwable> cause) {
        if (!stop(reason)) {
            return;
        }
        LOG.log(System.Logger.Level.ERROR, "raft stopped member=" + raft_id + " reason=" + reason, cause.orElse(null));
        news.tell(listener -> listener.stopped(reason, cause));
        if (lock.isHeldByCurrentThread()) {
            stepDown();
        } else {
            wake();
        }
    }

    SegmentLog segments() {
        return segments;
    }

    AppliedHash.Block newestHash() {
        return applying.hash().newest();
    }

    Optional<AppliedHash.Block> hashEndingWith(long last) {
        return applying.hash().endingWith(last);
    }

    /** Whether nothing was heard of a leader for too long. */
    boolean leaderSilent() {
        return System.nanoTime() - heardAt > silenceNanos;
    }

    static Message message(Address to, LogEntries entries) {
        return entries.size() == 0 ? new EmptyMessage(to) : new ObjectMessage(to, entries);
    }

    void send(Message message, RaftHeader header) {
        if (works()) {
            down_prot.down(message.putHeader(id, header));
        }
    }

    void appendOwn(long index, LogEntries entries) {
        last_appended = segments.append(index, entries);
        voters.appended(index, entries);
        num_successful_append_requests += entries.size();
        curr_log_size += entries.totalSize();
        if (curr_log_size >= max_log_size && !fullTold) {
            fullTold = true;
            long bytes = curr_log_size;
            news.tell(listener -> listener.logFull(bytes));
        }
    }

    void cutFrom(long index) {
        segments.deleteAllEntriesStartingFrom(index);
        voters.cut(index);
        last_appended = segments.lastAppended();
    }

    /** Moves the commit index up to that entry; false when nothing can be applied here. */
    boolean commit(long index) {
        if (applying.stateMissing()) {
            askForState();
            return false;
        }
        commitLogTo(index, true);
        return works();
    }

    @Override
    protected RAFT commitLogTo(long index, boolean serialize) {
        long to = Math.min(index, last_appended);
        for (long i = commit_index + 1; i <= to && works(); i++) {
            applyCommit(i, serialize);
        }
        return this;
    }

    @Override
    protected void applyCommit(long index, boolean serialize) {
        Optional<Proposal> asked = Optional.ofNullable(waiting.remove(index));
        try {
            byte[] answer = applying.apply(index, segments.get(index), this);
            commit_index = index;
            voters.committed(index);
            segments.commitIndex(index);
            asked.ifPresent(proposal -> after(() -> proposal.answer().complete(answer)));
        } catch (Exception e) {
            asked.ifPresent(proposal -> after(() -> proposal.answer()
                    .completeExceptionally(
                            new OutcomeUnknownException("entry " + index + " could not be applied here"))));
            fail("entry " + index + " could not be applied: " + e, Optional.of(e));
            return;
        }
        if (index == openingIndex && isLeader()) {
            readyTerm = currentTerm();
            long term = readyTerm;
            news.tell(listener -> listener.leading(term));
        }
    }

    /** Nothing of earlier terms is counted: it is committed with the first entry of the own term. */
    @Override
    protected void createRequestTable() {
        request_table = new RequestTable<>();
    }

    @Override
    protected void _addServer(String name) {
        super._addServer(name);
        tellMembers();
    }

    @Override
    protected void _removeServer(String name) {
        super._removeServer(name);
        tellMembers();
    }

    /** One change at a time, and only after an entry of the own term was committed (protocol P22). */
    @Override
    protected CompletableFuture<byte[]> changeMembers(String name, InternalCommand.Type type) {
        return locked(() -> {
            if (!leads()) {
                return CompletableFuture.failedFuture(notLeading());
            }
            if (!memberChange.isDone()) {
                return CompletableFuture.failedFuture(
                        new NotLeaderException("another change of members is not finished, nothing was written"));
            }
            byte[] command = internal(new InternalCommand(type, name));
            memberChange = setAsync(command, 0, command.length, true, null);
            return memberChange;
        });
    }

    @Override
    protected RAFT changeRole(Role role) {
        lock.lock();
        try {
            RaftImpl before = impl;
            if (role == Role.Follower && isLeader() && getAddress().equals(leader())) {
                return this; // it leads already when the change that adds it is committed
            }
            super.changeRole(role);
            if (before instanceof Leader && impl != before) {
                deposed();
            }
            tellLeader();
            if (impl instanceof Leader && impl != before) {
                // Not before the term is on the disk, which the caller of this sees to.
                after(this::wake);
            }
        } finally {
            release();
        }
        return this;
    }

    private void deposed() {
        replication.end();
        dropWaiting();
        readyTerm = 0;
        long term = openedTerm;
        openedTerm = 0;
        news.tell(listener -> listener.deposed(term));
    }

    /** A leader that a majority does not answer may be one no more, whatever the view says. */
    private void giveUpUnheard() {
        if (replication.heard(System.nanoTime() - silenceNanos) < quorum()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "raft lead given up member=" + raft_id + " term=" + currentTerm()
                            + " reason=\"no majority answers\"");
            unheard = true;
            super.setLeaderAndTerm(null, 0);
        }
    }

    private void tellLeader() {
        Address leader = leader();
        if (leader != knownLeader) {
            knownLeader = leader;
            unheard = unheard && leader == null;
            long term = currentTerm();
            Optional<String> name = Optional.ofNullable(leader).map(Utils::extractRaftId);
            heardAt = System.nanoTime();
            news.tell(listener -> listener.leaderChanged(name, term));
        }
    }

    private void tellMembers() {
        List<String> members = members();
        news.tell(listener -> listener.membersChanged(members));
    }

    private void dropWaiting() {
        List<Proposal> unknown = List.copyOf(waiting.values());
        waiting.clear();
        for (Proposal proposal : unknown) {
            after(() -> proposal.answer()
                    .completeExceptionally(new OutcomeUnknownException(
                            "the lead was lost before the entry was committed; it may yet be applied")));
        }
    }

    private void stepDown() {
        if (leader() != null) {
            super.setLeaderAndTerm(null, 0);
        }
        dropWaiting();
    }

    private void take(Message msg, RaftHeader header) {
        if (!works()) {
            return;
        }
        if (synchronous) {
            handleUpRequest(msg, header);
        } else {
            // A full queue drops it: what is missing is sent again.
            processing_queue.offer(new Incoming(msg, header));
        }
    }

    /** Handles requests, then sends what is due; an error of any kind ends the member. */
    private void turn(Runnable body) {
        lock.lock();
        boolean outer = !inTurn;
        inTurn = true;
        try {
            if (works()) {
                open();
                body.run();
            }
            if (outer && works() && isLeader()) {
                replication.flush(System.nanoTime());
                giveUpUnheard();
            }
            if (!works()) {
                stepDown();
            }
        } catch (LogFailedException e) {
            fail(e.getMessage(), Optional.of(e));
        } catch (RuntimeException | Error e) {
            fail(String.valueOf(e.getMessage()), Optional.of(e));
        } finally {
            inTurn = !outer;
            release();
        }
    }

    /** The first thing that a new leader does: an entry of its own term. */
    private void open() {
        if (isLeader() && openedTerm != currentTerm()) {
            openedTerm = currentTerm();
            openingIndex = last_appended + 1;
            Collection<Address> others = view == null ? List.of() : view.getMembers();
            replication.begin(others, System.nanoTime());
            byte[] command = internal(new InternalCommand(InternalCommand.Type.noop, null));
            write(List.of(new Proposal(command, 0, command.length, true, new CompletableFuture<>())));
        }
    }

    private void write(List<Proposal> proposals) {
        if (proposals.isEmpty()) {
            return;
        }
        if (!isLeader() || !works()) {
            NotLeaderException refused = notLeading();
            proposals.forEach(proposal -> after(() -> proposal.answer().completeExceptionally(refused)));
            return;
        }
        long term = currentTerm();
        long index = last_appended;
        List<LogEntry> entries = new ArrayList<>(proposals.size());
        for (Proposal proposal : proposals) {
            waiting.put(++index, proposal);
            entries.add(proposal.entry(term));
        }
        replication.append(entries, System.nanoTime());
    }

    private void receive(Message msg, RaftHeader header) {
        int compared = currentTerm(header.currTerm());
        if (!works()) {
            return;
        }
        if (header instanceof AppendRequest) {
            AppendRequest request = (AppendRequest) header;
            AppendAnswer answer = compared < 0
                    ? new AppendAnswer(currentTerm(), false, 0, request.prevIndex(), commit_index)
                    : appended(msg, request);
            send(new EmptyMessage(msg.getSrc()), answer);
        } else if (header instanceof AppendAnswer && compared == 0 && isLeader()) {
            replication.answered(msg.getSrc(), (AppendAnswer) header, System.nanoTime());
        } else if (header instanceof StateOffer && compared >= 0 && following.accepted(msg.getSrc())) {
            heardAt = System.nanoTime();
            offered(msg.getSrc(), (StateOffer) header);
        }
    }

    private void offered(Address from, StateOffer offer) {
        if (applying.stateMissing() || commit_index + 1 < offer.first()) {
            askForState();
        } else {
            // What is committed here, any leader has.
            send(new EmptyMessage(from), new AppendAnswer(currentTerm(), true, commit_index, 0, commit_index));
        }
    }

    private AppendAnswer appended(Message msg, AppendRequest request) {
        heardAt = System.nanoTime();
        LogEntries entries = msg instanceof ObjectMessage ? ((ObjectMessage) msg).getObject() : new LogEntries();
        return following.append(msg.getSrc(), request, entries);
    }

    private void askForState() {
        long now = System.nanoTime();
        Optional<String> from = leaderId();
        if (from.isPresent() && now - stateAskedAt >= TimeUnit.MILLISECONDS.toNanos(900)) {
            stateAskedAt = now;
            news.tell(listener -> listener.stateNeeded(from.get()));
        }
    }

    private boolean busy() {
        return locked(() -> isLeader() && replication.outstanding());
    }

    private void wake() {
        if (synchronous) {
            process(List.of());
        } else if (processing_queue != null) {
            // When the queue is full the thread is awake.
            processing_queue.offer(new Request() {});
        }
    }

    private boolean works() {
        return stopped.get().isEmpty();
    }

    private boolean stop(String reason) {
        return stopped.compareAndSet(NEVER, Optional.of(reason));
    }

    /** Nothing of these was written. */
    private void refuse(Collection<Request> requests) {
        NotLeaderException refused = notLeading();
        requests.forEach(request -> {
            if (request instanceof Proposed) {
                ((Proposed) request).failed(refused);
            }
        });
    }

    private void after(Runnable action) {
        afterUnlock.add(action);
    }

    private void release() {
        List<Runnable> actions = List.of();
        if (lock.getHoldCount() == 1 && !afterUnlock.isEmpty()) {
            actions = List.copyOf(afterUnlock);
            afterUnlock.clear();
        }
        lock.unlock();
        actions.forEach(Runnable::run);
    }

    private NotLeaderException notLeading() {
        return new NotLeaderException(stopped.get()
                .map(reason -> "this member has stopped: " + reason)
                .orElseGet(() ->
                        "this member does not lead; the leader is " + leaderId().orElse("not known")));
    }

    private static byte[] internal(InternalCommand command) {
        try {
            return Util.streamableToByteBuffer(command);
        } catch (Exception e) {
            throw new IllegalStateException("a command could not be written to memory", e);
        }
    }

    private static final class Incoming extends Request {
        private final Message message;
        private final RaftHeader header;

        Incoming(Message message, RaftHeader header) {
            this.message = message;
            this.header = header;
        }
    }

    private static final class Proposed extends Request {
        private final Proposal proposal;

        Proposed(Proposal proposal) {
            this.proposal = proposal;
        }

        @Override
        protected void failed(Throwable cause) {
            proposal.answer().completeExceptionally(cause);
        }
    }
}
