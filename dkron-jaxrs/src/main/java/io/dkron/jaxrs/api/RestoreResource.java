package io.dkron.jaxrs.api;

import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import io.dkron.core.engine.Outcome;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobJson;
import io.dkron.core.job.JobState;
import io.dkron.ejb.backup.BackupFile;
import io.dkron.ejb.backup.Restores;
import io.dkron.ejb.backup.StepwiseRestore;
import io.dkron.ejb.service.JobService;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Headers;
import io.dkron.jaxrs.message.PortionedBody;
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
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Stores the jobs of a backup, which is what {@code GET /v1/jobs} gives. */
@Path("v1/restore")
@ApplicationScoped
public class RestoreResource {
    @Inject
    private Restores restores;

    @Inject
    private JobService jobs;

    @Inject
    private Settings settings;

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

    private CompletionStage<Response> restore(Call call, InputStream upload) {
        boolean dryRun = call.query().flag("dry_run");
        BackupFile file = restores.receive();
        boolean passedOn = false;
        try {
            receive(call, upload, file);
            if (restores.isSmall(file)) {
                return small(call, file.all(), dryRun);
            }
            StepwiseRestore steps = restores.stepwise(Headers.request(call), file, dryRun);
            Optional<Outcome> refused = steps.begin();
            if (refused.isPresent()) {
                return CompletableFuture.completedStage(Refusals.of(call, refused.get()));
            }
            Response answer = answer(call.ok(out -> report(out, file, steps)), dryRun, steps.replayed());
            passedOn = true;
            return CompletableFuture.completedStage(answer);
        } finally {
            if (!passedOn) {
                file.close();
            }
        }
    }

    private void receive(Call call, InputStream upload, BackupFile file) {
        PortionedBody body = new PortionedBody(
                upload, settings.bytes(Setting.HTTP_MAX_RESTORE), settings.bytes(Setting.HTTP_MAX_BODY));
        JobJson.readBackup(body, JobJson.Reading.of(call.dialect(), jobs::exists), body::next, parsed -> {
            file.add(job(parsed));
            require(restores.holds(file), file);
        });
        require(restores.holdsBesides(file), file);
    }

    private static void require(boolean holds, BackupFile file) {
        if (!holds) {
            throw ApiProblem.of(
                    ProblemType.TOO_LARGE,
                    "This server's memory does not hold so many jobs: there are " + file.size()
                            + " in the backup so far. Give every server more, as by DKRON_JAVA_OPTS=-Xmx1g.");
        }
    }

    private CompletionStage<Response> small(Call call, List<Job> all, boolean dryRun) {
        return restores.restore(Headers.request(call), all, dryRun).thenApply(outcome -> {
            if (outcome instanceof Outcome.Restored done) {
                return answer(call.ok(RestoreReport.of(done.items())), dryRun, false);
            }
            return outcome instanceof Outcome.Repeated
                    ? answer(call.ok(RestoreReport.of(restores.stored(all))), dryRun, true)
                    : Refusals.of(call, outcome);
        });
    }

    private static Response answer(Response.ResponseBuilder answer, boolean dryRun, boolean replayed) {
        if (dryRun) {
            answer.header("Dkron-Dry-Run", "true");
        }
        if (replayed) {
            answer.header("Idempotent-Replayed", "true");
        }
        return answer.build();
    }

    private static void report(OutputStream out, BackupFile file, StepwiseRestore steps) throws IOException {
        try (file) {
            RestoreReport.write(out, steps);
        }
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
}
