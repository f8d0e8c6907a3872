package io.dkron.jaxrs.api;

import io.dkron.core.job.Job;
import io.dkron.ejb.service.CatalogJob;
import io.dkron.ejb.service.JobQuery;
import io.dkron.ejb.service.JobService;
import io.dkron.jaxrs.message.Call;
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
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The next firing of each job, soonest first. */
@Path("v1/upcoming")
@ApplicationScoped
public class UpcomingResource {
    @Inject
    private JobService jobs;

    @GET
    public Response upcoming(@Context HttpServletRequest http) {
        Call call = Call.of(http);
        Parameters in = new Parameters(call.query());
        int limit = in.number("limit", 1, 1000, 20);
        Optional<Instant> until = in.time("until");
        in.check();
        List<Job> next = jobs.list(JobQuery.ALL).jobs().stream()
                .map(CatalogJob::job)
                .filter(job -> job.state().next().isPresent())
                .filter(job -> until.isEmpty() || !job.state().next().get().isAfter(until.get()))
                .sorted(Comparator.comparing((Job job) -> job.state().next().orElseThrow())
                        .thenComparing(Job::name))
                .limit(limit)
                .toList();
        return call.ok(Rendered.json(json -> {
                    json.startArray();
                    for (Job job : next) {
                        json.startObject()
                                .text("job", job.name().value())
                                .timeOrNull("at", job.state().next())
                                .text("timezone", job.definition().timezone())
                                .endObject();
                    }
                    json.endArray();
                }))
                .build();
    }
}
