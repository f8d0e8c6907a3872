package io.dkron.jaxrs.api;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
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

/** When a job fires next. */
@Path("v1/jobs/{job}/schedule")
@ApplicationScoped
public class ScheduleResource {
    @Inject
    private JobService jobs;

    @GET
    public Response schedule(@Context HttpServletRequest http, @PathParam("job") String job) {
        Call call = Call.of(http);
        Parameters in = new Parameters(call.query());
        int count = count(in);
        in.check();
        Job found = jobs.find(new JobName(job))
                .orElseThrow(() -> ApiProblem.jobNotFound(job))
                .job();
        return call.ok(Rendered.json(Firings.of(found, count)::write)).build();
    }

    /** How many firings to show. */
    static int count(Parameters in) {
        return in.number("count", 1, 100, 10);
    }
}
