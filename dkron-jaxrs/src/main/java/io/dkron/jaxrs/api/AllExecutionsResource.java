package io.dkron.jaxrs.api;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionJson;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.RecentGroup;
import io.dkron.ejb.service.CatalogJob;
import io.dkron.ejb.service.ExecutionService;
import io.dkron.ejb.service.JobQuery;
import io.dkron.ejb.service.JobService;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.ListParameters;
import io.dkron.jaxrs.message.Parameters;
import io.dkron.jaxrs.message.Rendered;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Executions of all jobs, newest first. The last groups of each job stand in its state, so only jobs that can be on the
 * page are read from the store.
 */
@Path("v1/executions")
@ApplicationScoped
public class AllExecutionsResource {
    private static final int MOST_ROWS = 1000;

    @Inject
    private ExecutionService executions;

    @Inject
    private JobService jobs;

    /** A group of a job that may be on the page. */
    private record Candidate(Job job, long group) {}

    @GET
    public Response list(@Context HttpServletRequest http) {
        Call call = Call.of(http);
        Parameters in = new Parameters(call.query());
        Optional<ExecutionState> state =
                in.choice("state", ListParameters::state, "waiting, running, success, failed, cancelled, lost");
        Optional<Instant> since = in.time("since");
        int start = in.number("_start", 0, MOST_ROWS, 0);
        int end = in.number("_end", 0, MOST_ROWS, Math.min(MOST_ROWS, start + 100));
        in.check();
        boolean open = state.isPresent() && !state.get().ended();
        List<Execution> found = open ? unended(state.get()) : recent(state, since, end);
        Parameters.Rows rows = new Parameters.Rows(start, Math.max(start, end));
        return Rendered.executions(
                        call, rows.of(found), ExecutionJson.View.LISTED, ExecutionsResource.outputLimit(call.query()))
                .build();
    }

    private List<Execution> unended(ExecutionState state) {
        return executions.unended().stream()
                .filter(e -> e.state() == state)
                .sorted(Comparator.comparing(Execution::startedAt).reversed())
                .toList();
    }

    private List<Execution> recent(Optional<ExecutionState> state, Optional<Instant> since, int rows) {
        List<Candidate> candidates = new ArrayList<>();
        for (CatalogJob each : jobs.list(JobQuery.ALL).jobs()) {
            for (RecentGroup group : each.job().state().recent()) {
                boolean inTime = since.isEmpty() || !group.at().isBefore(since.get());
                if (inTime && mayHold(group.status(), state)) {
                    candidates.add(new Candidate(each.job(), group.group()));
                }
            }
        }
        candidates.sort(Comparator.comparingLong(Candidate::group).reversed());
        List<Execution> found = new ArrayList<>();
        for (Candidate candidate : candidates) {
            if (found.size() >= rows) {
                break;
            }
            executions.list(candidate.job().name()).orElse(List.of()).stream()
                    .filter(e -> e.group() == candidate.group())
                    .filter(e -> state.isEmpty() || e.state() == state.get())
                    .sorted(Comparator.comparing(Execution::id).reversed())
                    .forEach(found::add);
        }
        return found;
    }

    /** Attempts that a later one made good are not looked for: their group is a success. */
    private static boolean mayHold(JobStatus group, Optional<ExecutionState> state) {
        if (state.isEmpty() || group == JobStatus.PARTIALLY_FAILED || group == JobStatus.RUNNING) {
            return true;
        }
        boolean failure = state.get() == ExecutionState.FAILED || state.get() == ExecutionState.LOST;
        return switch (group) {
            case SUCCESS -> state.get() == ExecutionState.SUCCESS;
            case FAILED -> failure;
            default -> state.get() == ExecutionState.CANCELLED;
        };
    }
}
