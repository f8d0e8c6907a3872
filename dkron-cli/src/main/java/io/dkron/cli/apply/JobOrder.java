package io.dkron.cli.apply;

import io.dkron.cli.file.Fault;
import io.dkron.cli.file.JobFileException;
import io.dkron.cli.file.JobSource;
import io.dkron.core.problem.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Puts parents before their dependents, as they will be: the files' jobs as the files say, others as they are stored. Then
 * no step passes through a state with a cycle, and none needs a parent that is not there yet. For one use.
 */
final class JobOrder {
    private final Map<String, Checked> files = new LinkedHashMap<>();
    private final Function<String, Optional<String>> stored;
    private final Set<String> done = new LinkedHashSet<>();
    private final List<Fault> faults = new ArrayList<>();

    /** @param stored the parent of a stored job that is in no file */
    JobOrder(List<Checked> jobs, Function<String, Optional<String>> stored) {
        jobs.forEach(job -> files.put(job.source().name(), job));
        this.stored = stored;
    }

    /**
     * The jobs in an order to save them.
     *
     * @throws JobFileException if some follow each other in a circle
     */
    List<Checked> ordered() {
        files.keySet().forEach(this::visit);
        if (!faults.isEmpty()) {
            throw new JobFileException(faults);
        }
        return done.stream().filter(files::containsKey).map(files::get).toList();
    }

    private void visit(String name) {
        Set<String> chain = new LinkedHashSet<>();
        Optional<String> at = Optional.of(name);
        while (at.isPresent() && !done.contains(at.get())) {
            if (!chain.add(at.get())) {
                JobSource source = files.get(name).source();
                List<String> circle = new ArrayList<>(chain);
                circle.add(at.get());
                faults.add(source.fault(new Problem(
                        "parent_job", "the jobs follow each other in a circle: " + String.join(", ", circle))));
                break;
            }
            at = parent(at.get());
        }
        List<String> fromTheRoot = new ArrayList<>(chain);
        Collections.reverse(fromTheRoot);
        done.addAll(fromTheRoot);
    }

    private Optional<String> parent(String name) {
        return files.containsKey(name) ? files.get(name).source().parent() : stored.apply(name);
    }
}
