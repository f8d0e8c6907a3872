package io.dkron.jaxrs.filter;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;

/**
 * Sets right what the container adds: {@code OPTIONS} has no body, so its status is 204 where the container finds the
 * methods and says 200; and the weight by which it chose a method is no part of an answer's media type.
 */
@Provider
public class PlainHeaders implements ContainerResponseFilter {
    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (request.getMethod().equals("OPTIONS") && response.getStatus() == 200) {
            response.setEntity(null);
            response.setStatus(204);
            response.getHeaders().remove("Content-Type");
            response.getHeaders().remove("Accept-Patch");
        }
        MediaType type = response.getMediaType();
        if (type != null && type.getParameters().containsKey("qs")) {
            response.getHeaders().putSingle("Content-Type", new MediaType(type.getType(), type.getSubtype()));
        }
    }
}
