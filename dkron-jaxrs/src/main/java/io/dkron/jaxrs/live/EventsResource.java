package io.dkron.jaxrs.live;

import io.dkron.core.job.JobName;
import io.dkron.ejb.live.EventFilter;
import io.dkron.ejb.live.EventId;
import io.dkron.ejb.live.EventSubscription;
import io.dkron.ejb.live.LiveEvent;
import io.dkron.ejb.live.LiveHub;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Parameters;
import io.dkron.jaxrs.problem.ApiProblem;
import io.dkron.jaxrs.problem.ProblemType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What happens, as it happens. */
@Path("v1/events")
@ApplicationScoped
public class EventsResource {
    @Inject
    private LiveHub hub;

    @Inject
    private Beats beats;

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public void events(@Context HttpServletRequest http, @Context SseEventSink sink, @Context Sse sse) {
        Call call = Call.of(http);
        Parameters in = new Parameters(call.query());
        EventFilter filter = new EventFilter(call.query().value("job").map(JobName::new), types(call, in));
        in.check();
        // An id that is none cannot be continued: it stands for one of a term that never was.
        Optional<EventId> after =
                call.header("Last-Event-ID").map(text -> EventId.parse(text).orElse(new EventId(-1, 0)));
        Watcher watcher = new Watcher(new Connection(sink, sse), beats);
        watcher.subscription = hub.subscribe(filter, after, watcher.pump)
                .orElseThrow(() -> ApiProblem.of(ProblemType.STORE_UNAVAILABLE, "Too many watch events already."));
        beats.add(watcher);
        watcher.connection.comment("since " + hub.newest());
        watcher.pump.run();
    }

    private static Set<LiveEvent.Type> types(Call call, Parameters in) {
        Set<LiveEvent.Type> types = EnumSet.noneOf(LiveEvent.Type.class);
        for (String name : call.query().value("types").orElse("").split(",")) {
            Optional<LiveEvent.Type> type = LiveEvent.Type.of(name.strip());
            if (type.isPresent()) {
                types.add(type.get());
            } else if (!name.isBlank() && !name.strip().equals("reset")) {
                in.wrong("types", "must list job, job-deleted, execution, missed, member, cluster");
                break;
            }
        }
        return types;
    }

    /** One client and its place in the stream. */
    private static final class Watcher implements Beats.Stream {
        private final Connection connection;
        private final Beats beats;
        private final Pump pump = new Pump(this::step);
        private volatile EventSubscription subscription;

        Watcher(Connection connection, Beats beats) {
            this.connection = connection;
            this.beats = beats;
        }

        private void step() {
            EventSubscription watching = subscription;
            if (watching == null) {
                return; // not subscribed yet: run again after that
            }
            for (LiveEvent event : watching.drain()) {
                if (!connection.send(event.id().toString(), event.type().text(), event.data())) {
                    close();
                    return;
                }
            }
        }

        @Override
        public boolean beat() {
            boolean there = connection.comment("");
            if (!there) {
                close();
            }
            return there;
        }

        @Override
        public void close() {
            Optional.ofNullable(subscription).ifPresent(EventSubscription::close);
            connection.close();
            beats.remove(this);
        }
    }
}
