package io.dkron.jaxrs.api;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobJson;
import io.dkron.core.job.JobRules;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What is doubtful about a job that was accepted; {@code hasExecutor} tells what live members offer. Stateless. */
final class Warnings {
    private Warnings() {}

    static List<String> of(JobJson.Parsed parsed, Job job, Predicate<String> hasExecutor) {
        List<String> warnings = new ArrayList<>(parsed.warnings());
        JobDefinition definition = job.definition();
        warnings.addAll(JobRules.doubts(definition, hasExecutor));
        boolean scheduled = definition.parent().isEmpty()
                && !definition.disabled()
                && !definition.schedule().strip().equals("@manually");
        if (scheduled && job.state().next().isEmpty()) {
            warnings.add("schedule " + definition.schedule() + " never fires from now on");
        }
        return warnings;
    }
}
