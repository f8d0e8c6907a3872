package io.dkron.jaxrs.api;

import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberJson;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import io.dkron.core.engine.Outcome;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionJson;
import io.dkron.core.json.Json;
import io.dkron.core.json.JsonOut;
import io.dkron.ejb.service.ClusterService;
import io.dkron.ejb.service.ExecutionService;
import io.dkron.ejb.service.JobService;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Headers;
import io.dkron.jaxrs.message.Rendered;
import io.dkron.jaxrs.problem.ProblemAnswers;
import io.dkron.jaxrs.problem.ProblemType;
import io.dkron.jaxrs.problem.Refusals;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The node and its cluster: index, leader, busy, pause, leave. */
@Path("v1")
@ApplicationScoped
public class ClusterResource {
    @Inject
    private ClusterService cluster;

    @Inject
    private JobService jobs;

    @Inject
    private ExecutionService executions;

    @Inject
    private Settings settings;

    @GET
    public Response index(@Context HttpServletRequest http) {
        Call call = Call.of(http);
        int status = cluster.storeUp() ? 200 : 503;
        return call.answer(status, Rendered.json(json -> index(json, status))).build();
    }

    @GET
    @Path("leader")
    public Response leader(@Context HttpServletRequest http) {
        Call call = Call.of(http);
        return cluster.leader()
                .map(leader -> call.ok(Rendered.json(json -> MemberJson.write(json, leader, false)))
                        .build())
                .orElseGet(() -> ProblemAnswers.of(call, ProblemType.NO_LEADER, "Nobody leads at present."));
    }

    @GET
    @Path("isleader")
    public Response isLeader(@Context HttpServletRequest http) {
        boolean leads = cluster.leads();
        return Call.of(http)
                .answer(leads ? 200 : 404, Json.write(leads ? "I am a leader" : "I am a follower"))
                .build();
    }

    @GET
    @Path("busy")
    public Response busy(@Context HttpServletRequest http) {
        Call call = Call.of(http);
        ExecutionService.Running running = executions.running();
        List<Execution> busy = running.executions();
        Response.ResponseBuilder answer = Rendered.executions(
                        call, busy, ExecutionJson.View.SINGLE, ExecutionsResource.outputLimit(call.query()))
                .header("X-Total-Count", busy.size());
        return running.incomplete().isEmpty()
                ? answer.build()
                : answer.header("Dkron-Incomplete", String.join(",", running.incomplete()))
                        .build();
    }

    @GET
    @Path("pause")
    public Response pauseState(@Context HttpServletRequest http) {
        return paused(Call.of(http), jobs.paused());
    }

    @POST
    @Path("pause")
    public CompletionStage<Response> pause(@Context HttpServletRequest http) {
        return pause(Call.of(http), true);
    }

    @POST
    @Path("unpause")
    public CompletionStage<Response> unpause(@Context HttpServletRequest http) {
        return pause(Call.of(http), false);
    }

    /** Leaves for good: answered once the own executions have ended. */
    @POST
    @Path("leave")
    public CompletionStage<Response> leave(@Context HttpServletRequest http) {
        Call call = Call.of(http);
        return cluster.leave().thenApply(answer -> {
            if (answer == ClusterService.LeaveAnswer.LAST_SERVER) {
                return ProblemAnswers.of(
                        call, ProblemType.LAST_SERVER, "This is the last server, and agents are alive.");
            }
            return call.v1()
                    ? Response.ok().build()
                    : call.ok(Rendered.json(json -> json.startObject().endObject()))
                            .build();
        });
    }

    private CompletionStage<Response> pause(Call call, boolean paused) {
        return jobs.pause(Headers.request(call), paused)
                .thenApply(outcome -> outcome instanceof Outcome.PauseSet || outcome instanceof Outcome.Repeated
                        ? paused(call, paused)
                        : Refusals.of(call, outcome));
    }

    private static Response paused(Call call, boolean paused) {
        return call.ok(Rendered.json(
                        json -> json.startObject().bool("paused", paused).endObject()))
                .build();
    }

    private void index(JsonOut json, int status) {
        Member self = cluster.self();
        json.startObject().name("agent").startObject();
        json.text("name", self.name())
                .text("version", self.tags().getOrDefault("version", ""))
                .text("backend", cluster.backend())
                .text("backend_status", Integer.toString(status))
                .endObject();
        // What the originals' gossip library counts; ours has no such queues and clocks.
        json.name("serf").startObject();
        json.text("coordinate_resets", "0")
                .text(
                        "encrypted",
                        Boolean.toString(!settings.string(Setting.ENCRYPT).isEmpty()))
                .text("event_queue", "0")
                .text("event_time", "1")
                .text("failed", Integer.toString(cluster.count(MemberStatus.FAILED)))
                .text("health_score", "0")
                .text("intent_queue", "0")
                .text("left", Integer.toString(cluster.count(MemberStatus.LEFT)))
                .text("member_time", "1")
                .text("members", Integer.toString(cluster.members().size()))
                .text("query_queue", "0")
                .text("query_time", "1")
                .endObject();
        json.name("tags").map(self.tags()).endObject();
    }
}
