package io.dkron.core.engine;

import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.execution.Execution;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.job.MissedFirings;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.ExecutionRepository;
import io.dkron.core.store.Layout;
import io.dkron.core.store.Page;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.Stored;
import io.dkron.core.store.UnreadableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
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
        boolean paused) {
    private static final Logger LOG = System.getLogger(Takeover.class.getName());
    private static final int PAGE = 500;

    public Takeover {
        Objects.requireNonNull(record, "record");
        Objects.requireNonNull(gap, "gap");
        jobs = List.copyOf(jobs);
        executions = List.copyOf(executions);
        broken = Map.copyOf(broken);
        requests = Map.copyOf(requests);
        purges = Map.copyOf(purges);
    }

    /** How an attempt to take the lead ended. */
    public sealed interface Result {
        /** This node leads. */
        record Taken(Takeover takeover) implements Result {}

        /** Another node took the lead at the same time. */
        record Contended(Optional<LeaderRecord> by) implements Result {}

        /** The store does not answer; try again later. An attempt whose outcome was lost is settled by the next one. */
        record Failed(String reason) implements Result {}
    }

    /** The same where the store alone says to which cluster it belongs. */
    public static Result run(
            Store store, Layout layout, String node, MissedFirings.Reason gap, Supplier<String> uids, Instant now) {
        return run(store, layout, node, gap, Optional.empty(), found -> true, uids, now);
    }

    /**
     * Raises the term by a fenced commit, then reads. A batch of an earlier lead that is still under way can never apply
     * after that (protocol P4). Blocks for store calls; for the embedded store about a second for 100,000 jobs.
     *
     * @param cluster id of the cluster that the servers agreed on; empty where the store alone says it, and where it says
     *     nothing a new one is born
     * @param follows whether this node may lead after the one that the store names; empty for none
     * @param uids random texts, for the nonce and for the id of a new cluster
     */
    public static Result run(
            Store store,
            Layout layout,
            String node,
            MissedFirings.Reason gap,
            Optional<String> cluster,
            Predicate<Optional<LeaderRecord>> follows,
            Supplier<String> uids,
            Instant now) {
        try {
            Optional<Entry> found = store.get(layout.keys().leader());
            Optional<LeaderRecord> before = found.map(e -> Records.LEADER.read(e.value()));
            if (store.get(layout.keys().copying()).isPresent()) {
                return new Result.Failed("the copy into this keyspace is not finished: run dkron store migrate again");
            }
            if (!follows.test(before)) {
                return new Result.Contended(before);
            }
            LeaderRecord next = before.map(record -> record.succeeded(node, uids.get(), now))
                    .orElseGet(() -> new LeaderRecord(uids.get(), 1, node, uids.get(), 0, now));
            LeaderRecord mine = cluster.map(next::in).orElse(next);
            Batch batch = new Batch()
                    .expect(layout.keys().leader(), found.map(Entry::version).orElse(Batch.ABSENT))
                    .put(layout.keys().leader(), Records.LEADER.write(mine));
            return store.commit(batch).match(new CommitResult.Cases<>() {
                @Override
                public Result committed(CommitResult.Committed c) {
                    return new Result.Taken(read(store, layout, mine, c.version(), gap));
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

    private static Takeover read(
            Store store, Layout layout, LeaderRecord mine, long version, MissedFirings.Reason gap) {
        List<Stored<Job>> jobs = new ArrayList<>();
        List<Execution> executions = new ArrayList<>();
        Map<JobName, Long> broken = new LinkedHashMap<>();
        ExecutionRepository runs = layout.executions(store);
        layout.jobs(store)
                .forEach(
                        job -> jobs.add(
                                isFromDkron1(job.value())
                                        ? new Stored<>(
                                                derived(
                                                        job.value(),
                                                        runs.list(job.value().name()),
                                                        executions),
                                                job.version())
                                        : withLive(runs, job, executions)),
                        entry ->
                                name(entry, layout.keys().jobs()).ifPresent(name -> broken.put(name, entry.version())));
        Map<String, List<RequestRecord>> requests = new LinkedHashMap<>();
        each(store, layout.keys().requests(), e -> requests.put(e.key(), requests(e)));
        Map<JobName, Long> purges = new LinkedHashMap<>();
        each(
                store,
                layout.keys().purges(),
                e -> name(e, layout.keys().purges())
                        .ifPresent(name -> number(e).ifPresent(last -> purges.put(name, last))));
        boolean paused = store.get(layout.keys().paused()).isPresent();
        return new Takeover(mine, version, gap, jobs, executions, broken, requests, purges, paused);
    }

    /** Whether Dkron 1.x stored this job, which knows no uid. */
    static boolean isFromDkron1(Job job) {
        return job.state().uid().equals("v1-" + job.name().value());
    }

    private static Stored<Job> withLive(ExecutionRepository runs, Stored<Job> job, List<Execution> executions) {
        List<Execution> read = new ArrayList<>();
        for (ExecutionId id : job.value().state().live()) {
            try {
                runs.find(job.value().name(), id).ifPresent(read::add);
            } catch (UnreadableException e) {
                LOG.log(Level.WARNING, "execution taken as unknown, its record is broken: {0}", e.getMessage());
                read.add(Unreadable.standIn(job.value(), id, read));
            }
        }
        executions.addAll(read);
        return job;
    }

    /** A record that cannot be read holds no requests, and goes as one that has expired. */
    private static List<RequestRecord> requests(Entry entry) {
        try {
            return Records.REQUESTS.read(entry.value());
        } catch (RuntimeException e) { // whatever is in the way, it must not be in the way of the lead
            LOG.log(Level.WARNING, "requests forgotten, their record is broken: {0}: {1}", entry.key(), e.getMessage());
            return List.of();
        }
    }

    private static Optional<JobName> name(Entry entry, String prefix) {
        try {
            return Optional.of(new JobName(entry.key().substring(prefix.length())));
        } catch (RuntimeException e) { // not ours
            LOG.log(Level.WARNING, "left alone, its key is no job''s: {0}", entry.key());
            return Optional.empty();
        }
    }

    private static Optional<Long> number(Entry entry) {
        try {
            return Optional.of(Long.valueOf(new String(entry.value(), StandardCharsets.UTF_8)));
        } catch (NumberFormatException e) {
            LOG.log(Level.WARNING, "executions of a deleted job left, their record is broken: {0}", entry.key());
            return Optional.empty();
        }
    }

    /** Dkron 1.x keeps no list of what runs, and derives the status at each read. */
    private static Job derived(Job job, List<Execution> stored, List<Execution> executions) {
        stored.stream().filter(e -> !e.state().ended()).forEach(executions::add);
        long newest = stored.stream().mapToLong(Execution::group).max().orElse(0);
        Group group = new Group(newest);
        stored.stream().filter(e -> e.group() == newest).forEach(group::put);
        return stored.isEmpty()
                ? job
                : job.with(job.state()
                        .with()
                        .lastGroup(newest)
                        .lastNumber(Math.max(
                                newest,
                                stored.stream()
                                        .mapToLong(e -> e.id().number())
                                        .max()
                                        .orElse(0)))
                        .status(group.status())
                        .build());
    }

    private static void each(Store store, String prefix, Consumer<Entry> consumer) {
        String after = "";
        Page page;
        do {
            page = store.list(prefix, after, PAGE);
            for (Entry entry : page.entries()) {
                consumer.accept(entry);
                after = entry.key();
            }
        } while (page.more());
    }
}
