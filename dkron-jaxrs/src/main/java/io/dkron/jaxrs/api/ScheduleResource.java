package io.dkron.jaxrs.api;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.schedule.BoundSchedule;
import io.dkron.core.schedule.JobZone;
import io.dkron.core.schedule.Manual;
import io.dkron.core.schedule.Schedule;
import io.dkron.core.schedule.ScheduleParser;
import io.dkron.core.schedule.ScheduleParser.FiveFields;
import io.dkron.core.schedule.ScheduleText;
import io.dkron.ejb.service.JobService;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Parameters;
import io.dkron.jaxrs.message.Rendered;
import io.dkron.jaxrs.problem.ApiProblem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A job's schedule in words, and its next firings. */
@Path("v1/jobs/{job}/schedule")
@ApplicationScoped
public class ScheduleResource {
    private static final int MOST = 100;

    @Inject
    private JobService jobs;

    @GET
    public Response schedule(@Context HttpServletRequest http, @PathParam("job") String name) {
        Call call = Call.of(http);
        Parameters in = new Parameters(call.query());
        int count = in.number("count", 1, MOST, 10);
        in.check();
        Job job = jobs.find(new JobName(name))
                .orElseThrow(() -> ApiProblem.jobNotFound(name))
                .job();
        BoundSchedule bound = bound(job);
        return call.ok(Rendered.json(json -> {
                    json.startObject()
                            .text("description", description(job, bound))
                            .text("timezone", bound.zone().getId())
                            .name("next")
                            .startArray();
                    for (Instant firing : firings(job, bound, count)) {
                        json.startObject().time("utc", firing).text("local", local(firing, bound.zone()));
                        Optional<String> note = note(firing, bound.zone());
                        if (note.isPresent()) {
                            json.text("note", note.get());
                        } else {
                            json.nothing("note");
                        }
                        json.endObject();
                    }
                    json.endArray().endObject();
                }))
                .build();
    }

    private static BoundSchedule bound(Job job) {
        JobZone zone = JobZone.parse(job.definition().timezone()).match(z -> z, problems -> JobZone.SERVER);
        Schedule schedule = ScheduleParser.parse(
                        job.definition().schedule(), job.name().value(), FiveFields.SECONDS_FIRST)
                .match(s -> s, problems -> new Manual());
        return BoundSchedule.of(
                schedule, zone, ZoneId.systemDefault(), job.state().anchor());
    }

    private static String description(Job job, BoundSchedule bound) {
        return job.definition().schedule().isEmpty()
                ? ""
                : ScheduleText.describe(bound.schedule()).orElse("");
    }

    /** The firing that the job waits for, and those after it until it expires; none where it waits for none. */
    private static List<Instant> firings(Job job, BoundSchedule bound, int count) {
        List<Instant> firings = new ArrayList<>();
        Optional<Instant> next = job.state().next();
        while (next.isPresent() && firings.size() < count && !expired(job, next.get())) {
            firings.add(next.get());
            next = bound.next(next.get());
        }
        return firings;
    }

    private static boolean expired(Job job, Instant firing) {
        return job.definition().expiresAt().filter(firing::isAfter).isPresent();
    }

    private static String local(Instant firing, ZoneId zone) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(firing.atZone(zone));
    }

    /** Whether the wall clock is changed at that firing: it comes out of a gap, or its local time occurs twice. */
    static Optional<String> note(Instant firing, ZoneId zone) {
        ZoneRules rules = zone.getRules();
        if (rules.getValidOffsets(firing.atZone(zone).toLocalDateTime()).size() > 1) {
            return Optional.of("repeated");
        }
        ZoneOffsetTransition last = rules.previousTransition(firing.plusNanos(1));
        return last != null && last.isGap() && last.getInstant().equals(firing) ? Optional.of("gap") : Optional.empty();
    }
}
