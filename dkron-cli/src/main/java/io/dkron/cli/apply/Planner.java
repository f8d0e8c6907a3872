package io.dkron.cli.apply;

import io.dkron.cli.client.Answer;
import io.dkron.cli.client.ApiClient;
import io.dkron.cli.client.Call;
import io.dkron.cli.client.Fields;
import io.dkron.cli.file.Fault;
import io.dkron.cli.file.JobFileException;
import io.dkron.cli.file.JobSource;
import io.dkron.core.problem.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Compares the files' jobs with the stored ones. Reads only. For one use. */
public final class Planner {
    private final ApiClient api;
    private final Map<String, Optional<Stored>> read = new HashMap<>();

    /** A job as it is now. */
    private record Stored(Map<String, Object> job, Optional<String> etag) {
        Optional<String> parent() {
            return Optional.of(Fields.text(job, "parent_job")).filter(name -> !name.isEmpty());
        }
    }

    public Planner(ApiClient api) {
        this.api = api;
    }

    /**
     * What to do, in the order to do it: first saves, parents before their dependents; then deletions, dependents first.
     *
     * @param jobs of the files
     * @param pruned labels of the jobs that are deleted when no file has them; empty for none
     * @throws JobFileException if the jobs follow each other in a circle, or one follows a job that would be deleted
     */
    public List<Change> plan(List<Checked> jobs, Map<String, String> pruned) {
        List<Checked> ordered = new JobOrder(jobs, name -> stored(name).flatMap(Stored::parent)).ordered();
        List<Change> changes = new ArrayList<>();
        for (Checked job : ordered) {
            Optional<Stored> now = stored(job.source().name());
            changes.add(Change.save(job, now.map(s -> Definition.of(s.job())), now.flatMap(Stored::etag)));
        }
        if (!pruned.isEmpty()) {
            changes.addAll(deletions(jobs, pruned));
        }
        return changes;
    }

    private Optional<Stored> stored(String name) {
        return read.computeIfAbsent(
                name, n -> api.find(Call.get(Call.job(n, ""))).map(a -> new Stored(a.object(), a.header("ETag"))));
    }

    private List<Change> deletions(List<Checked> jobs, Map<String, String> pruned) {
        Map<String, Checked> files = new LinkedHashMap<>();
        jobs.forEach(job -> files.put(job.source().name(), job));
        String filter = pruned.entrySet().stream()
                .map(label -> Call.encoded("metadata[" + label.getKey() + "]") + "=" + Call.encoded(label.getValue()))
                .collect(Collectors.joining("&"));
        Answer answer = api.ask(Call.get("/v1/jobs?" + filter));
        Set<String> going = new HashSet<>();
        for (Map<String, Object> job : answer.objects()) {
            // The filter is checked again: a server that ignored it would have us delete every job.
            boolean labelled = Fields.texts(job, "metadata").entrySet().containsAll(pruned.entrySet());
            String name = Fields.text(job, "name");
            if (labelled && !files.containsKey(name)) {
                going.add(name);
            }
        }
        refuseOrphans(going, files);
        List<Change> deletions = new ArrayList<>();
        Set<String> placed = new HashSet<>();
        going.stream().sorted().forEach(name -> delete(name, going, placed, deletions));
        return deletions;
    }

    private void refuseOrphans(Set<String> going, Map<String, Checked> files) {
        List<Fault> faults = new ArrayList<>();
        for (Checked job : files.values()) {
            JobSource source = job.source();
            source.parent()
                    .filter(going::contains)
                    .ifPresent(parent -> faults.add(source.fault(new Problem(
                            "parent_job",
                            parent + " would be deleted by --prune; add it to the files, or follow another"))));
        }
        if (!faults.isEmpty()) {
            throw new JobFileException(faults);
        }
        for (String name : going.stream().sorted().toList()) {
            for (String dependent : dependents(name)) {
                if (!going.contains(dependent) && !files.containsKey(dependent)) {
                    throw new IllegalStateException("--prune would delete " + name + ", which " + dependent
                            + " follows, a job without that label that is in no file; change or delete " + dependent
                            + " first");
                }
            }
        }
    }

    /** Places the dependents of a job, then the job. */
    private void delete(String name, Set<String> going, Set<String> placed, List<Change> deletions) {
        if (!placed.add(name)) {
            return;
        }
        for (String dependent : dependents(name)) {
            if (going.contains(dependent)) {
                delete(dependent, going, placed, deletions);
            }
        }
        stored(name).ifPresent(now -> deletions.add(Change.delete(name, Definition.of(now.job()), now.etag())));
    }

    private List<String> dependents(String name) {
        return stored(name)
                .map(now -> Fields.strings(now.job(), "dependent_jobs"))
                .orElse(List.of());
    }
}
