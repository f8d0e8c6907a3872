package io.dkron.jaxrs.problem;

import io.dkron.core.engine.Outcome;
import io.dkron.core.job.JobName;
import io.dkron.core.json.ProblemJson;
import io.dkron.core.problem.InvalidInputException;
import io.dkron.jaxrs.message.Call;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.stream.Collectors;

/** Answers to requests that the leader did not do. Stateless. */
public final class Refusals {
    private Refusals() {}

    /** The problem that this outcome is; the outcome must not be {@link Outcome#done}. */
    public static Response of(Call call, Outcome outcome) {
        if (outcome instanceof Outcome.Invalid o) {
            return ProblemAnswers.of(call, new InvalidInputException(o.problems()));
        }
        if (outcome instanceof Outcome.ParentNotFound o) {
            return ProblemAnswers.of(
                    call,
                    ProblemType.PARENT_NOT_FOUND,
                    "specified parent job not found",
                    ProblemJson.Kind.FIELD,
                    List.of(new io.dkron.core.problem.Problem("parent_job", "there is no job " + o.parent())));
        }
        if (outcome instanceof Outcome.HasDependents o) {
            return problem(
                    call,
                    ProblemType.HAS_DEPENDENTS,
                    "Job " + o.job() + " has dependents: " + names(o.dependents())
                            + ". Delete them first, or all with ?cascade=true.");
        }
        if (outcome instanceof Outcome.RevisionMismatch o) {
            return problem(
                    call,
                    ProblemType.VERSION_MISMATCH,
                    o.job()
                            .map(j -> "Job " + j.name() + " has revision "
                                    + j.state().revision() + " now.")
                            .orElse("There is no such job."));
        }
        if (outcome instanceof Outcome.KeyReused) {
            return problem(
                    call, ProblemType.KEY_REUSE, "This Idempotency-Key was used for another request or another job.");
        }
        return other(call, outcome);
    }

    private static Response other(Call call, Outcome outcome) {
        if (outcome instanceof Outcome.JobNotFound o) {
            return problem(call, ProblemType.JOB_NOT_FOUND, "There is no job " + o.job() + ".");
        }
        if (outcome instanceof Outcome.ExecutionNotFound o) {
            return problem(call, ProblemType.EXECUTION_NOT_FOUND, "Job " + o.job() + " has no such execution.");
        }
        if (outcome instanceof Outcome.JobDisabled o) {
            return problem(call, ProblemType.JOB_DISABLED, "Job " + o.job() + " is disabled.");
        }
        if (outcome instanceof Outcome.NoTarget o) {
            return problem(call, ProblemType.NO_TARGET, "no target nodes found to run job " + o.job());
        }
        if (outcome instanceof Outcome.NotRunning o) {
            return problem(
                    call, ProblemType.NOT_RUNNING, "Nothing of job " + o.job() + " that was meant runs or waits.");
        }
        if (outcome instanceof Outcome.NotRolledBack) {
            return problem(
                    call,
                    ProblemType.NOT_ROLLED_BACK,
                    "This server did not find that the store went back in time. Ask the one whose readiness says so.");
        }
        if (outcome instanceof Outcome.Paused) {
            return problem(call, ProblemType.PAUSED, "New job submissions are currently paused");
        }
        if (outcome instanceof Outcome.NoLeader) {
            return problem(call, ProblemType.NO_LEADER, "Nobody leads at present; nothing was done.");
        }
        if (outcome instanceof Outcome.Unavailable o) {
            Response answer = problem(
                    call,
                    ProblemType.STORE_UNAVAILABLE,
                    "The store did not confirm it: it may be done or not. Repeat it with Idempotency-Key "
                            + o.requestId() + ". " + o.reason());
            return Response.fromResponse(answer)
                    .header("Idempotency-Key", o.requestId())
                    .build();
        }
        throw new IllegalStateException("no answer to " + outcome);
    }

    private static Response problem(Call call, ProblemType type, String detail) {
        return ProblemAnswers.of(call, type, detail);
    }

    private static String names(List<JobName> jobs) {
        String shown = jobs.stream().limit(20).map(JobName::value).collect(Collectors.joining(", "));
        return jobs.size() > 20 ? shown + ", …" : shown;
    }
}
