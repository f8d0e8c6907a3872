package io.dkron.jaxrs.api;

import io.dkron.core.engine.Outcome;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobJson;
import io.dkron.core.job.JobState;
import io.dkron.core.json.Json;
import io.dkron.ejb.service.JobService;
import io.dkron.jaxrs.filter.EdgeFilter;
import io.dkron.jaxrs.message.Bodies;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Headers;
import io.dkron.jaxrs.problem.ApiProblem;
import io.dkron.jaxrs.problem.ProblemType;
import io.dkron.jaxrs.problem.Refusals;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityPart;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Stores the jobs of a backup, which is what {@code GET /v1/jobs} gives. */
@Path("v1/restore")
@ApplicationScoped
public class RestoreResource {
    /**
     * Most jobs at once. Measured: in a heap of 256 MB 30,000 jobs take the place of as many, and with 40,000 the process ends
     * for want of memory.
     */
    private static final long MOST = Runtime.getRuntime().maxMemory() / 8_000;

    @Inject
    private JobService jobs;

    /** The form field {@code file} holds the backup. */
    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public CompletionStage<Response> form(@Context HttpServletRequest http, List<EntityPart> parts) {
        EntityPart file = parts.stream()
                .filter(part -> part.getName().equals("file"))
                .findFirst()
                .orElseThrow(() -> ApiProblem.of(ProblemType.MALFORMED, "There is no form field named file."));
        return restore(Call.of(http), file.getContent());
    }

    /** The body is the backup. */
    @POST
    @Consumes(MediaType.WILDCARD)
    public CompletionStage<Response> plain(@Context HttpServletRequest http, InputStream body) {
        return restore(Call.of(http), body);
    }

    private CompletionStage<Response> restore(Call call, InputStream backup) {
        List<Job> restored = JobJson.parseArray(
                        Bodies.bounded(backup, EdgeFilter.RESTORE_LIMIT),
                        JobJson.Reading.of(call.dialect(), jobs::exists))
                .stream()
                .map(RestoreResource::job)
                .toList();
        if (restored.size() > MOST) {
            throw ApiProblem.of(
                    ProblemType.TOO_LARGE,
                    "The backup has " + restored.size() + " jobs; this server's memory takes " + MOST
                            + " at once. Restore it in parts, or give the server more, as by DKRON_JAVA_OPTS=-Xmx1g.");
        }
        boolean dryRun = call.query().flag("dry_run");
        return jobs.restore(Headers.request(call), restored, dryRun).thenApply(outcome -> {
            if (!(outcome instanceof Outcome.Restored done)) {
                return Refusals.of(call, outcome);
            }
            Response.ResponseBuilder answer = call.ok(report(done));
            return (dryRun ? answer.header("Dkron-Dry-Run", "true") : answer).build();
        });
    }

    private static Job job(JobJson.Parsed parsed) {
        JobJson.Counters counters = parsed.counters().orElseThrow();
        JobState state = JobState.created("restore", Instant.EPOCH)
                .with()
                .successCount(counters.successCount())
                .errorCount(counters.errorCount())
                .lastSuccess(counters.lastSuccess())
                .lastError(counters.lastError())
                .status(counters.status())
                .build();
        return new Job(parsed.definition(), state);
    }

    /** As in Dkron, a JSON string that holds a JSON array of strings. */
    private static byte[] report(Outcome.Restored done) {
        List<Object> lines = done.items().stream()
                .<Object>map(item -> (item.reason().isEmpty() ? "success" : "fail") + " create " + item.job())
                .toList();
        return Json.write(new String(Json.write(lines), StandardCharsets.UTF_8));
    }
}
