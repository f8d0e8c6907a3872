package io.dkron.jaxrs.api;

import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberJson;
import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import io.dkron.core.job.JobRules;
import io.dkron.core.json.Json;
import io.dkron.core.json.JsonFields;
import io.dkron.core.problem.MalformedInputException;
import io.dkron.core.problem.Problems;
import io.dkron.ejb.service.ClusterService;
import io.dkron.jaxrs.message.Bodies;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Rendered;
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
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletionStage;

/** The members of the cluster, in every state that one can be in. */
@Path("v1/members")
@ApplicationScoped
public class MembersResource {
    private static final String TAGS = "tags";

    @Inject
    private ClusterService cluster;

    @Inject
    private Settings settings;

    @GET
    public Response members(@Context HttpServletRequest http) {
        Call call = Call.of(http);
        List<Member> members = cluster.members();
        return call.ok(Rendered.json(json -> {
                    json.startArray();
                    members.forEach(member -> MemberJson.write(json, member, !call.v1()));
                    json.endArray();
                }))
                .header("X-Total-Count", members.size())
                .build();
    }

    /** The names of the members that a job with the body's tags would choose from now. */
    @POST
    @Path("match")
    public Response match(@Context HttpServletRequest http, InputStream body) {
        Call call = Call.of(http);
        List<Member> matching = cluster.match(tags(body));
        return call.ok(Rendered.json(json -> {
                    json.startArray();
                    matching.forEach(member -> json.text(member.name()));
                    json.endArray();
                }))
                .header("X-Total-Count", matching.size())
                .build();
    }

    /** Forgets a failed member at once. */
    @DELETE
    @Path("{name}")
    public CompletionStage<Response> forget(@Context HttpServletRequest http, @PathParam("name") String name) {
        Call call = Call.of(http);
        return cluster.forget(name).thenApply(answer -> switch (answer) {
            case DONE ->
                call.ok(Rendered.json(json -> json.startObject().endObject())).build();
            case UNKNOWN -> ProblemAnswers.of(call, ProblemType.NOT_FOUND, "There is no member " + name + ".");
            case ALIVE ->
                ProblemAnswers.of(
                        call,
                        ProblemType.MEMBER_ALIVE,
                        "Member " + name
                                + " has not failed. One that is alive leaves by POST /v1/leave, asked of itself.");
        });
    }

    /** The body as tags: an object of texts, each with a count of at least 1 or none. */
    private SortedMap<String, String> tags(InputStream body) {
        Problems problems = new Problems();
        Map<String, Object> sent = Json.readObject(Bodies.read(body, settings.bytes(Setting.HTTP_MAX_BODY)));
        SortedMap<String, String> tags = new JsonFields(Map.of(TAGS, sent), Set.of(TAGS), "", problems).texts(TAGS);
        tags.forEach((key, value) -> problems.unless(
                JobRules.countIsValid(value),
                TAGS + "." + key,
                "count must be an integer of at least 1, as in value:2"));
        if (!problems.isEmpty()) {
            throw new MalformedInputException(problems.list());
        }
        return tags;
    }
}
