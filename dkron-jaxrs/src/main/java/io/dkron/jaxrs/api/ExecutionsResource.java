package io.dkron.jaxrs.api;

import io.dkron.core.engine.Outcome;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionJson;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobJson;
import io.dkron.core.job.JobName;
import io.dkron.ejb.service.CatalogJob;
import io.dkron.ejb.service.ExecutionService;
import io.dkron.ejb.service.JobService;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Headers;
import io.dkron.jaxrs.message.ListParameters;
import io.dkron.jaxrs.message.Parameters;
import io.dkron.jaxrs.message.Query;
import io.dkron.jaxrs.message.Rendered;
import io.dkron.jaxrs.problem.ApiProblem;
import io.dkron.jaxrs.problem.Refusals;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Executions of one job: list, read, delete, cancel. */
@Path("v1/jobs/{job}/executions")
@ApplicationScoped
public class ExecutionsResource {
    @Inject
    private ExecutionService executions;

    @Inject
    private JobService jobs;

    @GET
    public Response list(@Context HttpServletRequest http, @PathParam("job") String job) {
        Call call = Call.of(http);
        Parameters in = new Parameters(call.query());
        Comparator<Execution> order = ListParameters.executionOrder(in, call.v1());
        Parameters.Rows rows = in.rows();
        in.check();
        List<Execution> all = executions.list(new JobName(job)).orElseThrow(() -> ApiProblem.jobNotFound(job)).stream()
                .sorted(order)
                .toList();
        Response.ResponseBuilder answer =
                Rendered.executions(call, rows.of(all), ExecutionJson.View.LISTED, outputLimit(call.query()));
        return Rendered.counted(answer, call, all.size(), rows).build();
    }

    @DELETE
    public CompletionStage<Response> deleteAll(@Context HttpServletRequest http, @PathParam("job") String job) {
        Call call = Call.of(http);
        CatalogJob before = jobs.find(new JobName(job)).orElseThrow(() -> ApiProblem.jobNotFound(job));
        return executions
                .deleteAll(Headers.request(call), before.job().name())
                .thenApply(outcome -> outcome instanceof Outcome.ExecutionsDeleted done
                        ? call.ok(JobJson.write(done.job(), before.dependents(), call.dialect()))
                                .build()
                        : Refusals.of(call, outcome));
    }

    @GET
    @Path("{id}")
    public Response get(@Context HttpServletRequest http, @PathParam("job") String job, @PathParam("id") String id) {
        Call call = Call.of(http);
        Execution found = found(job, id);
        return call.ok(Rendered.json(json -> ExecutionJson.write(
                        json, found, call.dialect(), ExecutionJson.View.SINGLE, outputLimit(call.query()))))
                .build();
    }

    @POST
    @Path("{id}/cancel")
    public CompletionStage<Response> cancel(
            @Context HttpServletRequest http, @PathParam("job") String job, @PathParam("id") String id) {
        Call call = Call.of(http);
        ExecutionId execution = ExecutionId.parse(id).orElseThrow(() -> ApiProblem.executionNotFound(job, id));
        return executions
                .cancel(Headers.request(call), new JobName(job), Optional.of(execution))
                .thenApply(outcome -> outcome instanceof Outcome.Cancelling c
                        ? call.answer(
                                        202,
                                        ExecutionJson.write(
                                                c.executions().get(0), call.dialect(), ExecutionJson.View.SINGLE))
                                .build()
                        : Refusals.of(call, outcome));
    }

    private Execution found(String job, String id) {
        JobName name = new JobName(job);
        if (jobs.find(name).isEmpty()) {
            throw ApiProblem.jobNotFound(job);
        }
        return ExecutionId.parse(id)
                .flatMap(parsed -> executions.find(name, parsed))
                .orElseThrow(() -> ApiProblem.executionNotFound(job, id));
    }

    /** Bytes of output to keep; as in Dkron, what is no such number is ignored. */
    static int outputLimit(Query query) {
        return query.value("output_size_limit")
                .filter(text -> text.matches("\\d{1,9}"))
                .map(Integer::parseInt)
                .orElse(-1);
    }
}
