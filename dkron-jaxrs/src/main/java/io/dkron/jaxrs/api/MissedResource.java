package io.dkron.jaxrs.api;

import io.dkron.core.job.JobName;
import io.dkron.core.job.MissedFirings;
import io.dkron.ejb.service.JobService;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Parameters;
import io.dkron.jaxrs.message.Rendered;
import io.dkron.jaxrs.problem.ApiProblem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Firings that did not run, newest first. */
@Path("v1/jobs/{job}/missed")
@ApplicationScoped
public class MissedResource {
    @Inject
    private JobService jobs;

    @GET
    public Response missed(@Context HttpServletRequest http, @PathParam("job") String job) {
        Call call = Call.of(http);
        Parameters in = new Parameters(call.query());
        Parameters.Rows rows = in.rows();
        in.check();
        List<MissedFirings> all = new ArrayList<>(jobs.find(new JobName(job))
                .orElseThrow(() -> ApiProblem.jobNotFound(job))
                .job()
                .state()
                .missed());
        Collections.reverse(all);
        Response.ResponseBuilder answer = call.ok(Rendered.json(json -> {
            json.startArray();
            rows.of(all)
                    .forEach(m -> json.startObject()
                            .text("reason", m.reason().text())
                            .number("count", m.count())
                            .time("first", m.first())
                            .time("last", m.last())
                            .endObject());
            json.endArray();
        }));
        return Rendered.counted(answer, call, all.size(), rows).build();
    }
}
