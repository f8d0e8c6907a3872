package io.dkron.jaxrs.api;

import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import io.dkron.core.json.JsonOut;
import io.dkron.core.json.Profile;
import io.dkron.ejb.metrics.ServerMetrics;
import io.dkron.ejb.service.JobQuery;
import io.dkron.ejb.service.JobService;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Rendered;
import io.dkron.jaxrs.problem.ApiProblem;
import io.dkron.jaxrs.problem.ProblemType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.lang.annotation.Annotation;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/**
 * What is asked about the process rather than about jobs. Health and metrics stand here, and not in the container's own
 * applications, since {@code /health} must answer as Dkron does.
 */
@Path("/")
@ApplicationScoped
public class SystemResource {
    @Inject
    @Any
    private Instance<HealthCheck> checks;

    @Inject
    private JobService jobs;

    @Inject
    private ServerMetrics metrics;

    @Inject
    private Settings settings;

    /** Browsers keep Dkron 1.x's permanent redirect to /dashboard/; ours is never kept. */
    @GET
    public Response root(@Context HttpServletRequest http) {
        String accept = Call.of(http).header("Accept").orElse("");
        if (settings.bool(Setting.UI) && (accept.contains("text/html") || accept.contains("*/*"))) {
            return seeOther("/ui/");
        }
        throw ApiProblem.of(ProblemType.NOT_FOUND, "404 page not found");
    }

    @GET
    @Path("dashboard")
    public Response dashboard() {
        return seeOther("/ui/");
    }

    /** Pages of Dkron 1.x's dashboard have their counterparts under the same names. */
    @GET
    @Path("dashboard/{page: .*}")
    public Response dashboard(@Context HttpServletRequest http, @PathParam("page") String page) {
        String path = http.getRequestURI().substring("/dashboard/".length());
        return seeOther("/ui/" + path.replaceFirst("/executions(/.*)?$", ""));
    }

    @GET
    @Path("health")
    public Response health(@Context HttpServletRequest http) {
        return Call.of(http)
                .ok(Rendered.json(
                        json -> json.startObject().text("status", "healthy").endObject()))
                .build();
    }

    @GET
    @Path("health/live")
    public Response live(@Context HttpServletRequest http) {
        return checked(Call.of(http), Liveness.Literal.INSTANCE);
    }

    @GET
    @Path("health/ready")
    public Response ready(@Context HttpServletRequest http) {
        return checked(Call.of(http), Readiness.Literal.INSTANCE);
    }

    @GET
    @Path("health/started")
    public Response started(@Context HttpServletRequest http) {
        return checked(Call.of(http), Startup.Literal.INSTANCE);
    }

    @GET
    @Path("metrics")
    public Response metrics() {
        if (!settings.bool(Setting.ENABLE_PROMETHEUS)) {
            throw ApiProblem.of(ProblemType.NOT_FOUND, "404 page not found");
        }
        return Response.ok(metrics.text())
                .header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                .build();
    }

    /** The figures that Go's expvar shows, without the command line, which may hold secrets. */
    @GET
    @Path("debug/vars")
    public Response vars(@Context HttpServletRequest http) {
        return Call.of(http).ok(Rendered.json(this::vars)).build();
    }

    private static Response seeOther(String path) {
        return Response.status(303)
                .header("Location", path)
                .header("Cache-Control", "no-store")
                .build();
    }

    private Response checked(Call call, Annotation kind) {
        List<HealthCheckResponse> answers =
                checks.select(kind).stream().map(HealthCheck::call).toList();
        boolean up = answers.stream().allMatch(a -> a.getStatus() == HealthCheckResponse.Status.UP);
        return call.answer(up ? 200 : 503, Rendered.json(json -> {
                    json.startObject()
                            .text("status", up ? "UP" : "DOWN")
                            .name("checks")
                            .startArray();
                    answers.forEach(answer -> check(json, answer));
                    json.endArray().endObject();
                }))
                .header("Cache-Control", "no-cache")
                .build();
    }

    private static void check(JsonOut json, HealthCheckResponse answer) {
        json.startObject()
                .text("name", answer.getName())
                .text("status", answer.getStatus().name());
        json.name("data").startObject();
        answer.getData().ifPresent(data -> data.forEach((name, value) -> json.text(name, value.toString())));
        json.endObject().endObject();
    }

    private void vars(JsonOut json) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        json.startObject()
                .text("node", settings.string(Setting.NODE_NAME))
                .name("cron_entries")
                .startObject();
        jobs.list(JobQuery.ALL).jobs().stream()
                .filter(entry -> entry.job().state().next().isPresent())
                .forEach(entry -> json.name(entry.job().name().value())
                        .raw(new String(entry.json(Profile.V4), StandardCharsets.UTF_8)));
        json.endObject();
        json.name("memstats").startObject();
        json.number("HeapAlloc", memory.getHeapMemoryUsage().getUsed())
                .number("HeapSys", memory.getHeapMemoryUsage().getCommitted())
                .number("HeapMax", memory.getHeapMemoryUsage().getMax())
                .number("NonHeapAlloc", memory.getNonHeapMemoryUsage().getUsed())
                .number("Threads", ManagementFactory.getThreadMXBean().getThreadCount())
                .number("Uptime", ManagementFactory.getRuntimeMXBean().getUptime())
                .endObject()
                .endObject();
    }
}
