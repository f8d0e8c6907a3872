package io.dkron.jaxrs.api;

import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import io.dkron.core.engine.Condition;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Request;
import io.dkron.core.execution.ExecutionJson;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobJson;
import io.dkron.core.job.JobName;
import io.dkron.ejb.service.CatalogJob;
import io.dkron.ejb.service.ClusterService;
import io.dkron.ejb.service.ExecutionService;
import io.dkron.ejb.service.JobPage;
import io.dkron.ejb.service.JobQuery;
import io.dkron.ejb.service.JobService;
import io.dkron.ejb.service.RunAnswer;
import io.dkron.jaxrs.message.Bodies;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Headers;
import io.dkron.jaxrs.message.ListParameters;
import io.dkron.jaxrs.message.Parameters;
import io.dkron.jaxrs.message.Rendered;
import io.dkron.jaxrs.problem.ApiProblem;
import io.dkron.jaxrs.problem.ProblemType;
import io.dkron.jaxrs.problem.Refusals;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/** Jobs: list, read, save, delete, toggle, run. */
@Path("v1/jobs")
@ApplicationScoped
public class JobsResource {
    @Inject
    private JobService jobs;

    @Inject
    private ExecutionService executions;

    @Inject
    private Settings settings;

    @Inject
    private BulkActions bulk;

    @Inject
    private ClusterService cluster;

    @GET
    public Response list(@Context HttpServletRequest http) {
        Call call = Call.of(http);
        Parameters in = new Parameters(call.query());
        JobQuery query = ListParameters.jobs(call.query(), in);
        in.check();
        JobPage page = jobs.list(query);
        Parameters.Rows rows = new Parameters.Rows(query.start(), query.end());
        return Rendered.counted(Rendered.jobs(call, page.jobs()), call, page.total(), rows)
                .build();
    }

    @POST
    public CompletionStage<Response> create(@Context HttpServletRequest http, InputStream body) {
        return save(Call.of(http), body, Optional.empty());
    }

    /** As in Dkron, no merge: a replacement. */
    @PATCH
    public CompletionStage<Response> replace(@Context HttpServletRequest http, InputStream body) {
        return save(Call.of(http), body, Optional.empty());
    }

    @PUT
    @Path("{job}")
    public CompletionStage<Response> put(
            @Context HttpServletRequest http, @PathParam("job") String job, InputStream body) {
        return save(Call.of(http), body, Optional.of(job));
    }

    /** A JSON merge patch (RFC 7396). */
    @PATCH
    @Path("{job}")
    public CompletionStage<Response> patch(
            @Context HttpServletRequest http, @PathParam("job") String job, InputStream body) {
        Call call = Call.of(http);
        CatalogJob current = found(job);
        byte[] patch = Bodies.read(body, settings.bytes(Setting.HTTP_MAX_BODY));
        JobJson.Parsed parsed = JobJson.merge(current.job(), patch, JobJson.Reading.of(call.dialect(), jobs::exists));
        requireName(job, parsed);
        // Without If-Match the patch applies to the job that was read, or not at all.
        Condition asked = condition(call, current.job().name());
        Condition condition = asked.equals(Condition.NONE)
                ? Condition.revision(current.job().state().revision())
                : asked;
        return save(call, parsed, condition, 200);
    }

    @GET
    @Path("{job}")
    public Response get(@Context HttpServletRequest http, @PathParam("job") String job) {
        Call call = Call.of(http);
        CatalogJob found = found(job);
        return call.ok(found.json(call.dialect()))
                .header("ETag", Headers.etag(found.job().state().revision()))
                .header("Cache-Control", "no-cache")
                .build();
    }

    @DELETE
    @Path("{job}")
    public CompletionStage<Response> delete(@Context HttpServletRequest http, @PathParam("job") String job) {
        Call call = Call.of(http);
        CatalogJob before = found(job);
        Condition condition = condition(call, before.job().name());
        return jobs.delete(
                        Headers.request(call),
                        before.job().name(),
                        condition,
                        call.query().flag("cascade"))
                .thenApply(outcome -> outcome instanceof Outcome.Deleted deleted
                        ? call.ok(JobJson.write(deleted.job(), before.dependents(), call.dialect()))
                                .header(
                                        "ETag",
                                        Headers.etag(deleted.job().state().revision()))
                                .build()
                        : replayed(call, outcome, 200));
    }

    @POST
    @Path("{job}/toggle")
    public CompletionStage<Response> toggle(@Context HttpServletRequest http, @PathParam("job") String job) {
        Call call = Call.of(http);
        JobName name = found(job).job().name();
        return jobs.toggle(Headers.request(call), name, condition(call, name), Optional.empty())
                .thenApply(outcome -> outcome instanceof Outcome.Saved saved
                        ? changed(call, saved.job(), 200)
                                .header("Location", Headers.location(name) + "/toggle")
                                .build()
                        : replayed(call, outcome, 200));
    }

    /** Runs the job, as Dkron 1.x spells it. */
    @POST
    @Path("{job}")
    public CompletionStage<Response> run(@Context HttpServletRequest http, @PathParam("job") String job) {
        return run(Call.of(http), job, "");
    }

    @POST
    @Path("{job}/run")
    public CompletionStage<Response> runV4(@Context HttpServletRequest http, @PathParam("job") String job) {
        return run(Call.of(http), job, "/run");
    }

    /** One action on many jobs. */
    @POST
    @Path("bulk")
    public CompletionStage<Response> bulk(@Context HttpServletRequest http, InputStream body) {
        return bulk.perform(Call.of(http), body);
    }

    /** Cancels all that run or wait. */
    @POST
    @Path("{job}/cancel")
    public CompletionStage<Response> cancelAll(@Context HttpServletRequest http, @PathParam("job") String job) {
        Call call = Call.of(http);
        return executions
                .cancel(Headers.request(call), found(job).job().name(), Optional.empty())
                .thenApply(outcome -> outcome instanceof Outcome.Cancelling c
                        ? Rendered.executions(call, c.executions(), ExecutionJson.View.SINGLE, -1)
                                .status(202)
                                .build()
                        : Refusals.of(call, outcome));
    }

    // ------------------------------------------------------------------ running

    private CompletionStage<Response> run(Call call, String job, String spelling) {
        JobName name = found(job).job().name();
        Headers.Wait wait = Headers.wait(call, settings.duration(Setting.RUN_WAIT));
        return executions
                .run(Headers.request(call), name, call.v1(), wait.atMost())
                .thenApply(answer -> ran(call, name, answer, wait, spelling));
    }

    private Response ran(Call call, JobName name, RunAnswer answer, Headers.Wait wait, String spelling) {
        if (!answer.outcome().done()) {
            return Refusals.of(call, answer.outcome());
        }
        int status = wait.respondAsync() ? 202 : 200;
        Response.ResponseBuilder response = answer.job()
                .map(job -> changed(call, job, status))
                .orElseGet(() -> Response.status(status))
                .header("Location", Headers.location(name) + spelling);
        group(answer.outcome()).ifPresent(group -> response.header("Dkron-Execution-Group", group));
        if (answer.outcome() instanceof Outcome.Repeated) {
            response.header("Idempotent-Replayed", "true");
        }
        wait.applied().ifPresent(applied -> response.header("Preference-Applied", applied));
        return response.build();
    }

    private static OptionalLong group(Outcome outcome) {
        if (outcome instanceof Outcome.RunStarted started) {
            return OptionalLong.of(started.group());
        }
        return outcome instanceof Outcome.Repeated repeated ? repeated.before().group() : OptionalLong.empty();
    }

    // ------------------------------------------------------------------ saving

    private CompletionStage<Response> save(Call call, InputStream body, Optional<String> pathName) {
        byte[] bytes = Bodies.read(body, settings.bytes(Setting.HTTP_MAX_BODY));
        JobJson.Reading reading = JobJson.Reading.of(call.dialect(), jobs::exists);
        JobJson.Parsed parsed =
                JobJson.parse(bytes, pathName.map(reading::named).orElse(reading));
        pathName.ifPresent(name -> requireName(name, parsed));
        return save(call, parsed, condition(call, parsed.definition().name()), 201);
    }

    private CompletionStage<Response> save(Call call, JobJson.Parsed parsed, Condition condition, int status) {
        Request request = Headers.request(call);
        JobService.SaveMode mode = new JobService.SaveMode(
                call.query().flag("runoncreate"), call.query().flag("dry_run"));
        return jobs.save(request, parsed.definition(), List.of(), condition, mode)
                .thenApply(outcome -> saved(call, parsed, outcome, status));
    }

    private Response saved(Call call, JobJson.Parsed parsed, Outcome outcome, int status) {
        if (outcome instanceof Outcome.Saved saved) {
            Response.ResponseBuilder answer = changed(call, saved.job(), status)
                    .header("Location", Headers.location(saved.job().name()));
            saved.group().ifPresent(group -> answer.header("Dkron-Execution-Group", group));
            Headers.warn(answer, warnings(parsed, saved.job()));
            return answer.build();
        }
        if (outcome instanceof Outcome.Checked checked) {
            return ValidationAnswers.valid(call, checked.job(), warnings(parsed, checked.job()))
                    .header("Dkron-Dry-Run", "true")
                    .build();
        }
        return replayed(call, outcome, status);
    }

    /** Checks a job as a save would, and stores nothing. */
    @POST
    @Path("validate")
    public CompletionStage<Response> validate(@Context HttpServletRequest http, InputStream body) {
        Call call = Call.of(http);
        byte[] bytes = Bodies.read(body, settings.bytes(Setting.HTTP_MAX_BODY));
        JobJson.Parsed parsed = JobJson.parse(bytes, JobJson.Reading.of(call.dialect(), jobs::exists));
        return jobs.save(
                        Headers.request(call),
                        parsed.definition(),
                        List.of(),
                        Condition.NONE,
                        new JobService.SaveMode(false, true))
                .thenApply(outcome -> outcome instanceof Outcome.Checked checked
                        ? ValidationAnswers.valid(call, checked.job(), warnings(parsed, checked.job()))
                                .build()
                        : Refusals.of(call, outcome));
    }

    private List<String> warnings(JobJson.Parsed parsed, Job job) {
        return Warnings.of(parsed, job, cluster::hasExecutor);
    }

    private static void requireName(String path, JobJson.Parsed parsed) {
        JobName sent = parsed.definition().name();
        if (!sent.value().equals(path)) {
            throw ApiProblem.of(
                    ProblemType.NAME_MISMATCH, "The path names job " + path + ", the body names " + sent + ".");
        }
    }

    private Condition condition(Call call, JobName name) {
        Optional<CatalogJob> current = jobs.find(name);
        OptionalLong revision = current.isPresent()
                ? OptionalLong.of(current.get().job().state().revision())
                : OptionalLong.empty();
        return Headers.condition(call, revision, settings.bool(Setting.REQUIRE_IF_MATCH));
    }

    // ------------------------------------------------------------------ answers

    private Response.ResponseBuilder changed(Call call, Job job, int status) {
        List<JobName> dependents =
                jobs.find(job.name()).map(CatalogJob::dependents).orElse(List.of());
        return call.answer(status, JobJson.write(job, dependents, call.dialect()))
                .header("ETag", Headers.etag(job.state().revision()));
    }

    /** What was done before is answered again; everything else is a problem. */
    private Response replayed(Call call, Outcome outcome, int status) {
        if (outcome instanceof Outcome.Repeated repeated) {
            Response.ResponseBuilder answer = repeated.job()
                    .map(job -> changed(call, job, status))
                    .orElseGet(() -> Response.status(status))
                    .header("Idempotent-Replayed", "true");
            repeated.before().group().ifPresent(group -> answer.header("Dkron-Execution-Group", group));
            return answer.build();
        }
        return Refusals.of(call, outcome);
    }

    private CatalogJob found(String job) {
        return jobs.find(new JobName(job)).orElseThrow(() -> ApiProblem.jobNotFound(job));
    }
}
