package io.dkron.jaxrs.api;

import io.dkron.core.engine.Outcome;
import io.dkron.ejb.service.StoreService;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Headers;
import io.dkron.jaxrs.message.Rendered;
import io.dkron.jaxrs.problem.Refusals;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionStage;

/** The store, for operators. */
@Path("v1/store")
@ApplicationScoped
public class StoreResource {
    @Inject
    private StoreService store;

    /** Goes on with a store that went back in time; answered once this server leads again. */
    @POST
    @Path("accept-rollback")
    public CompletionStage<Response> acceptRollback(@Context HttpServletRequest http) {
        Call call = Call.of(http);
        return store.acceptRollback(Headers.request(call))
                .thenApply(outcome -> outcome instanceof Outcome.RollbackAccepted accepted
                        ? call.ok(Rendered.json(json -> json.startObject()
                                        .number("term", accepted.term())
                                        .endObject()))
                                .build()
                        : Refusals.of(call, outcome));
    }
}
