package io.dkron.jaxrs.api;

import io.dkron.core.json.JsonOut;
import io.dkron.ejb.service.ClusterService;
import io.dkron.ejb.service.Installed;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Rendered;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** What a job can name as its executor and its processors, described for whoever fills in a form. */
@Path("v1")
@ApplicationScoped
public class InstalledResource {
    @Inject
    private ClusterService cluster;

    /** Executors of live members, by name. */
    @GET
    @Path("executors")
    public Response executors(@Context HttpServletRequest http) {
        return list(Call.of(http), cluster.executors());
    }

    /** Processors of the server that answers, by name. */
    @GET
    @Path("processors")
    public Response processors(@Context HttpServletRequest http) {
        return list(Call.of(http), cluster.processors());
    }

    private static Response list(Call call, List<Installed> all) {
        return call.ok(Rendered.json(json -> {
                    json.startArray();
                    all.forEach(each -> write(json, each));
                    json.endArray();
                }))
                .header("X-Total-Count", all.size())
                .build();
    }

    static void write(JsonOut json, Installed installed) {
        json.startObject().text("name", installed.name()).name("keys").startArray();
        installed
                .keys()
                .forEach(key -> json.startObject()
                        .text("name", key.name())
                        .bool("required", key.required())
                        .bool("secret", key.secret())
                        .text("text", key.text())
                        .endObject());
        json.endArray().name("members").startArray();
        installed.members().forEach(json::text);
        json.endArray().endObject();
    }
}
