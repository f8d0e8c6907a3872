package io.dkron.core.engine;

import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.cluster.Progress;
import io.dkron.core.execution.Execution;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.job.MissedFirings;
import io.dkron.core.notification.Notice;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Layout;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.Stored;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a new lead starts from: the term it raised, and everything read after that (protocol P15). A crash, a change of
 * leader and a store failure all come back through here.
 *
 * @param record the fence as this lead wrote it
 * @param version its version in the store
 * @param gap why firings that fell due before now were not handled
 * @param executions those of groups that have not ended; of jobs of Dkron 1.x all that are unfinished
 * @param broken jobs whose records cannot be read, with their versions: left alone until somebody saves the name anew
 * @param requests remembered requests by the key that holds them
 * @param purges deleted jobs whose executions are to be removed, up to this number
 * @param notices what is still to be told, by the key that holds it, oldest first
 * @param limits of the store
 * @param todos what is left to do of a step that an earlier lead decided, in this order (protocol P5)
 * @param inParts whether the store says that something is left to do, perhaps in a form that cannot be read
 */
public record Takeover(
        LeaderRecord record,
        long version,
        MissedFirings.Reason gap,
        List<Stored<Job>> jobs,
        List<Execution> executions,
        Map<JobName, Long> broken,
        Map<String, List<RequestRecord>> requests,
        Map<JobName, Long> purges,
        boolean paused,
        Map<String, Notice> notices,
        Limits limits,
        List<Todo> todos,
        boolean inParts) {

    public Takeover {
        Objects.requireNonNull(record, "record");
        Objects.requireNonNull(gap, "gap");
        jobs = List.copyOf(jobs);
        executions = List.copyOf(executions);
        broken = Map.copyOf(broken);
        requests = Map.copyOf(requests);
        purges = Map.copyOf(purges);
        notices = Collections.unmodifiableMap(new LinkedHashMap<>(notices));
        Objects.requireNonNull(limits, "limits");
        todos = List.copyOf(todos);
    }

    /** How an attempt to take the lead ended. */
    public sealed interface Result {
        /** This node leads. */
        record Taken(Takeover takeover) implements Result {}

        /** Another node took the lead at the same time. */
        record Contended(Optional<LeaderRecord> by) implements Result {}

        /**
         * The store shows less than was seen before: it went back in time, and a lead on it could run again what has run.
         * Nothing was written. The engine is to be told by {@link Event.RolledBack}; only an operator can say to go on
         * (protocol P14).
         */
        record RolledBack(Progress seen, Progress shown) implements Result {
            /** What happened and what to do, for a person. */
            public String reason() {
                return "the store went back in time: it shows term " + shown.term() + " commit " + shown.sequence()
                        + ", but term " + seen.term() + " commit " + seen.sequence()
                        + " was seen; restore a newer state, or accept the rollback";
            }
        }

        /** The store does not answer; try again later. An attempt whose outcome was lost is settled by the next one. */
        record Failed(String reason) implements Result {}
    }

    /** For the first lead of a node that saw nothing before; the store alone says to which cluster it belongs. */
    public static Result run(
            Store store, Layout layout, String node, MissedFirings.Reason gap, Supplier<String> uids, Instant now) {
        return run(store, layout, Claim.of(node, gap), uids, now);
    }

    /**
     * Raises the term by a fenced commit, then reads. A batch of an earlier lead that is still under way can never apply
     * after that (protocol P4). Blocks for store calls; for the embedded store about a second for 100,000 jobs.
     *
     * @param uids random texts, for the nonce and for the id of a new cluster
     */
    public static Result run(Store store, Layout layout, Claim claim, Supplier<String> uids, Instant now) {
        MissedFirings.Reason gap = claim.gap();
        try {
            Optional<Entry> found = store.get(layout.keys().leader());
            Optional<LeaderRecord> stored = found.map(e -> Records.LEADER.read(e.value()));
            Progress shown = stored.map(Progress::of).orElse(Progress.NONE);
            if (shown.isBehind(claim.seen()) && !claim.accepted()) {
                return new Result.RolledBack(claim.seen(), shown);
            }
            if (store.get(layout.keys().copying()).isPresent()) {
                return new Result.Failed("the copy into this keyspace is not finished: run dkron store migrate again");
            }
            if (!claim.follows().test(stored)) {
                return new Result.Contended(stored);
            }
            LeaderRecord mine = succeeding(stored, claim, uids, now);
            Batch batch = new Batch()
                    .expect(layout.keys().leader(), found.map(Entry::version).orElse(Batch.ABSENT))
                    .put(layout.keys().leader(), Records.LEADER.write(mine));
            return store.commit(batch).match(new CommitResult.Cases<>() {
                @Override
                public Result committed(CommitResult.Committed c) {
                    return new Result.Taken(new TakeoverReading(store, layout).read(mine, c.version(), gap));
                }

                @Override
                public Result refused(CommitResult.Refused r) {
                    return new Result.Contended(
                            store.get(layout.keys().leader()).map(e -> Records.LEADER.read(e.value())));
                }

                @Override
                public Result failed(CommitResult.Failed f) {
                    return new Result.Failed(f.reason());
                }

                @Override
                public Result unknown(CommitResult.Unknown u) {
                    return new Result.Failed(u.reason());
                }
            });
        } catch (StoreException e) {
            return new Result.Failed(String.valueOf(e.getMessage()));
        }
    }

    /** The fence of the next lead, above all that was seen of this cluster. */
    private static LeaderRecord succeeding(
            Optional<LeaderRecord> stored, Claim claim, Supplier<String> uids, Instant now) {
        Progress seen = claim.seen();
        String nonce = uids.get();
        LeaderRecord next = stored.map(r -> r.succeeded(claim.node(), nonce, now))
                .orElseGet(() -> new LeaderRecord(
                        seen.clusterId().isEmpty() ? uids.get() : seen.clusterId(), 1, claim.node(), nonce, 0, now));
        LeaderRecord mine = claim.cluster().map(next::in).orElse(next);
        boolean below = claim.accepted() && mine.term() <= seen.term();
        return below
                ? new LeaderRecord(mine.clusterId(), seen.term() + 1, mine.node(), mine.nonce(), 0, mine.beat())
                : mine;
    }

    /** Whether Dkron 1.x stored this job, which knows no uid. */
    static boolean isFromDkron1(Job job) {
        return job.state().uid().equals("v1-" + job.name().value());
    }
}
