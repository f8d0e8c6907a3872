package io.dkron.jaxrs.api;

import io.dkron.ejb.wiring.Skeleton;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** Shows that a resource reaches the services; the real resources take its place. */
@Path("/")
public class SkeletonResource {
    @Inject
    private Skeleton skeleton;

    @GET
    @Path("health")
    @Produces(MediaType.APPLICATION_JSON)
    public String health() {
        return "{\"status\":\"healthy\"}";
    }

    @GET
    @Path("v1")
    @Produces(MediaType.TEXT_PLAIN)
    public String index() {
        return skeleton.state();
    }
}
