package io.dkron.jaxrs.api;

import io.dkron.jaxrs.message.Call;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/**
 * The description of the API as JSON. A class of its own: the one at {@code v1} would take the path first, and JAX-RS
 * then looks no further.
 */
@Path("v1/openapi.json")
@ApplicationScoped
public class OpenApiJsonResource {
    @GET
    public Response json(@Context HttpServletRequest http) {
        return OpenApiResource.json(Call.of(http));
    }
}
