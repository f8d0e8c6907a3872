package io.dkron.jaxrs.problem;

import io.dkron.core.json.ProblemJson;
import io.dkron.core.problem.InvalidInputException;
import io.dkron.core.store.StoreException;
import io.dkron.ejb.service.NotLoadedException;
import io.dkron.jaxrs.message.Call;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.List;

/**
 * Every failure of a request as a problem. One mapper for all, since the container has mappers of its own for anything
 * that none of ours names.
 */
@Provider
public class ProblemMappers implements ExceptionMapper<Throwable> {
    private static final System.Logger LOG = System.getLogger(ProblemMappers.class.getName());

    @Context
    HttpServletRequest http;

    @Override
    public Response toResponse(Throwable failure) {
        Call call = Call.of(http);
        if (failure instanceof ApiProblem p) {
            return ProblemAnswers.of(call, p.type(), p.getMessage(), p.kind(), p.errors());
        }
        if (failure instanceof InvalidInputException e) {
            return ProblemAnswers.of(call, e);
        }
        if (failure instanceof NotLoadedException || failure instanceof StoreException) {
            return ProblemAnswers.of(call, ProblemType.STORE_UNAVAILABLE, failure.getMessage());
        }
        if (failure instanceof WebApplicationException e) {
            return ofContainer(call, e);
        }
        Throwable cause = failure.getCause();
        if (cause instanceof ApiProblem
                || cause instanceof NotLoadedException) { // wrapped by the codec, or the container
            return toResponse(cause);
        }
        LOG.log(System.Logger.Level.ERROR, "request failed method=" + http.getMethod() + " path=" + path(), failure);
        return ProblemAnswers.of(
                call, ProblemType.INTERNAL, "An internal error occurred; the log of this node says more.");
    }

    private static Response ofContainer(Call call, WebApplicationException e) {
        int status = e.getResponse().getStatus();
        if (status < 400) {
            return e.getResponse();
        }
        if (e instanceof NotFoundException || status == 406 || status == 415) {
            return ProblemAnswers.of(call, ProblemType.NOT_FOUND, "404 page not found");
        }
        if (e instanceof NotAllowedException) {
            Response answer = ProblemAnswers.of(
                    call, ProblemType.METHOD_NOT_ALLOWED, call.method() + " is not allowed on " + call.path());
            String allow = e.getResponse().getHeaderString("Allow");
            return Response.fromResponse(answer)
                    .header("Allow", allow == null ? "" : allow)
                    .build();
        }
        return ProblemAnswers.of(
                call, ProblemType.MALFORMED, "The request cannot be read.", ProblemJson.Kind.FIELD, List.of());
    }

    /** Paths are the user's text: on one line, not too long. */
    private String path() {
        String path = http.getRequestURI().replaceAll("[^\\x21-\\x7e]", "?");
        return path.length() <= 200 ? path : path.substring(0, 200) + "...";
    }
}
