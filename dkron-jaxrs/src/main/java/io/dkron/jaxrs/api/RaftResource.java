package io.dkron.jaxrs.api;

import io.dkron.core.json.JsonOut;
import io.dkron.ejb.service.ClusterService;
import io.dkron.ejb.service.RaftOperations;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Rendered;
import io.dkron.jaxrs.problem.ApiProblem;
import io.dkron.jaxrs.problem.ProblemAnswers;
import io.dkron.jaxrs.problem.ProblemType;
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
import java.util.concurrent.CompletionStage;

/** The Raft group, for operators. With an external store there is none, and everything here is not found. */
@Path("v1/raft")
@ApplicationScoped
public class RaftResource {
    @Inject
    private ClusterService cluster;

    @GET
    public Response status(@Context HttpServletRequest http) {
        return shown(Call.of(http), raft());
    }

    /** Removes a server. @param id its Raft id or node name */
    @DELETE
    @Path("{id}")
    public CompletionStage<Response> remove(@Context HttpServletRequest http, @PathParam("id") String id) {
        Call call = Call.of(http);
        RaftOperations raft = raft();
        return raft.remove(id).thenApply(answer -> changed(call, raft, answer));
    }

    /** Hands the lead to a server. @param id its Raft id or node name */
    @POST
    @Path("{id}/promote")
    public CompletionStage<Response> promote(@Context HttpServletRequest http, @PathParam("id") String id) {
        Call call = Call.of(http);
        RaftOperations raft = raft();
        return raft.promote(id).thenApply(answer -> changed(call, raft, answer));
    }

    private RaftOperations raft() {
        return cluster.raft()
                .orElseThrow(() -> ApiProblem.of(
                        ProblemType.NOT_FOUND,
                        "There is no Raft group here: store " + cluster.backend() + " has none."));
    }

    private static Response changed(Call call, RaftOperations raft, RaftOperations.Answer answer) {
        return switch (answer.change()) {
            case DONE -> shown(call, raft);
            case UNKNOWN -> ProblemAnswers.of(call, ProblemType.NOT_FOUND, answer.detail());
            case UNAVAILABLE -> ProblemAnswers.of(call, ProblemType.NO_LEADER, answer.detail());
            case REFUSED -> ProblemAnswers.of(call, ProblemType.RAFT_REFUSED, answer.detail());
        };
    }

    private static Response shown(Call call, RaftOperations raft) {
        RaftOperations.Status status = raft.status();
        return call.ok(Rendered.json(json -> write(json, status))).build();
    }

    static void write(JsonOut json, RaftOperations.Status status) {
        json.startObject()
                .number("term", status.term())
                .text("leader", status.leader().orElse(""))
                .number("commit", status.commit())
                .name("peers")
                .startArray();
        for (RaftOperations.Server server : status.servers()) {
            json.startObject()
                    .text("id", server.id())
                    .text("node", server.node())
                    .text("address", server.address())
                    .text("state", server.state())
                    .bool("voter", server.voter())
                    .endObject();
        }
        json.endArray().endObject();
    }
}
