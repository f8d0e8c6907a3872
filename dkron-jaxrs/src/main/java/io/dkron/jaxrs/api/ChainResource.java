package io.dkron.jaxrs.api;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.json.JsonOut;
import io.dkron.ejb.service.CatalogJob;
import io.dkron.ejb.service.JobService;
import io.dkron.jaxrs.message.Call;
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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a job waits for, and what follows it; how each of them stands. */
@Path("v1/jobs/{job}/chain")
@ApplicationScoped
public class ChainResource {
    private static final int DEEPEST = 50; // JSON that is deeper, many readers refuse

    @Inject
    private JobService jobs;

    @GET
    public Response chain(@Context HttpServletRequest http, @PathParam("job") String job) {
        CatalogJob found = jobs.find(new JobName(job)).orElseThrow(() -> ApiProblem.jobNotFound(job));
        return Call.of(http)
                .ok(Rendered.json(json -> {
                    Map<JobName, CatalogJob> met = new LinkedHashMap<>();
                    json.startObject().text("job", job).name("parents").startArray();
                    parents(found, met).forEach(parent -> json.text(parent.value()));
                    json.endArray();
                    met.put(found.job().name(), found);
                    dependents(json, found.dependents(), 0, met);
                    json.name("jobs").startArray();
                    met.values().forEach(each -> state(json, each.job()));
                    json.endArray().endObject();
                }))
                .build();
    }

    private static void state(JsonOut json, Job job) {
        json.startObject()
                .text("name", job.name().value())
                .text("status", job.state().status().text())
                .bool("disabled", job.definition().disabled())
                .endObject();
    }

    /** From the root down to the parent. */
    private Deque<JobName> parents(CatalogJob job, Map<JobName, CatalogJob> met) {
        Deque<JobName> parents = new ArrayDeque<>();
        Set<JobName> seen = new HashSet<>();
        Optional<JobName> parent = job.job().definition().parent();
        while (parent.isPresent() && seen.add(parent.get())) { // a reader may see half of a change
            JobName name = parent.get();
            parents.addFirst(name);
            Optional<CatalogJob> known = jobs.find(name);
            known.ifPresent(each -> met.put(name, each));
            parent = known.flatMap(each -> each.job().definition().parent());
        }
        return parents;
    }

    private void dependents(JsonOut json, List<JobName> names, int depth, Map<JobName, CatalogJob> met) {
        json.name("dependents").startArray();
        for (JobName name : names) {
            json.startObject().text("name", name.value());
            Optional<CatalogJob> known = jobs.find(name);
            known.ifPresent(each -> met.put(name, each));
            List<JobName> next = known.map(CatalogJob::dependents).orElse(List.of());
            dependents(json, depth < DEEPEST ? next : List.of(), depth + 1, met);
            json.endObject();
        }
        json.endArray();
    }
}
