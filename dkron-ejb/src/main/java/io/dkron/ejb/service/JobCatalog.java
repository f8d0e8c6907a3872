package io.dkron.ejb.service;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * All jobs in memory, ordered by name, as the engine last published them. One thread changes it, many read it; a reader
 * never sees half of a job, but may see one job of a publication before another.
 */
public final class JobCatalog {
    private final ConcurrentSkipListMap<JobName, CatalogJob> jobs = new ConcurrentSkipListMap<>();

    /** Children by parent in order of attachment; of the changing thread alone. */
    private final Map<JobName, Set<JobName>> children = new HashMap<>();

    private final JsonRoom room;

    private volatile int size;

    JobCatalog() {
        this(JsonRoom.ofHeap());
    }

    JobCatalog(JsonRoom room) {
        this.room = room;
    }

    /** The job of that name. A map look-up. */
    public Optional<CatalogJob> find(JobName name) {
        return Optional.ofNullable(jobs.get(name));
    }

    /** All jobs by name; a live view. */
    public Collection<CatalogJob> all() {
        return jobs.values();
    }

    public int size() {
        return size;
    }

    /** What the query asks for. */
    public JobPage list(JobQuery query) {
        if (query.isPlain()) {
            return page(new ArrayList<>(jobs.values()), query);
        }
        List<CatalogJob> found = new ArrayList<>();
        for (CatalogJob job : jobs.values()) {
            if (query.matches(job.job())) {
                found.add(job);
            }
        }
        // By name already, and sorting is stable: that breaks ties.
        query.order().ifPresent(order -> found.sort(Comparator.comparing(CatalogJob::job, order)));
        return page(found, query);
    }

    /** How many jobs have each status; disabled ones count as what their last group was. */
    public Map<JobStatus, Integer> statuses() {
        Map<JobStatus, Integer> counts = new java.util.EnumMap<>(JobStatus.class);
        for (CatalogJob job : jobs.values()) {
            counts.merge(job.job().state().status(), 1, Integer::sum);
        }
        return counts;
    }

    /** Replaces everything. */
    void reset(List<Job> all) {
        children.clear();
        for (Job job : all) {
            job.definition().parent().ifPresent(parent -> attach(parent, job.name()));
        }
        Map<JobName, Job> byName = new HashMap<>();
        all.forEach(job -> byName.put(job.name(), job));
        jobs.values().removeIf(known -> {
            boolean gone = !byName.containsKey(known.job().name());
            if (gone) {
                known.replaced();
            }
            return gone;
        });
        byName.values().forEach(this::store);
        size = jobs.size();
    }

    /** Takes a new or changed job. */
    void put(Job job) {
        CatalogJob before = jobs.get(job.name());
        Optional<JobName> old =
                before == null ? Optional.empty() : before.job().definition().parent();
        Optional<JobName> parent = job.definition().parent();
        if (!old.equals(parent)) {
            old.ifPresent(p -> detach(p, job.name()));
            parent.ifPresent(p -> attach(p, job.name()));
        }
        store(job);
        if (!old.equals(parent)) {
            old.ifPresent(this::refresh);
            parent.ifPresent(this::refresh);
        }
        size = before == null ? size + 1 : size;
    }

    /** Forgets a job. */
    void remove(JobName name) {
        CatalogJob before = jobs.remove(name);
        if (before != null) {
            before.replaced();
            size--;
            before.job().definition().parent().ifPresent(parent -> {
                detach(parent, name);
                refresh(parent);
            });
        }
    }

    /**
     * Has the catalog hold these objects where it has equal ones, so that each job that this node's engine has too is held
     * once. Of any thread.
     */
    void share(Collection<Job> equal) {
        for (Job job : equal) {
            find(job.name()).ifPresent(known -> known.share(job));
        }
    }

    private void store(Job job) {
        CatalogJob stored = new CatalogJob(job, List.copyOf(children.getOrDefault(job.name(), Set.of())), room);
        CatalogJob before = jobs.put(job.name(), stored);
        if (before != null) {
            before.replaced();
        }
    }

    private void refresh(JobName name) {
        find(name).ifPresent(known -> store(known.job()));
    }

    private void attach(JobName parent, JobName child) {
        children.computeIfAbsent(parent, p -> new LinkedHashSet<>()).add(child);
    }

    private void detach(JobName parent, JobName child) {
        Set<JobName> all = children.get(parent);
        if (all != null && all.remove(child) && all.isEmpty()) {
            children.remove(parent);
        }
    }

    private static JobPage page(List<CatalogJob> found, JobQuery query) {
        int start = Math.min(query.start(), found.size());
        int end = Math.max(start, Math.min(query.end(), found.size()));
        return new JobPage(found.size(), found.subList(start, end));
    }
}
