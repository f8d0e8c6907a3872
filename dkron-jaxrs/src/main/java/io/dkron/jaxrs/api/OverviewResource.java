package io.dkron.jaxrs.api;

import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.job.JobStatus;
import io.dkron.core.json.JsonOut;
import io.dkron.ejb.service.ClusterService;
import io.dkron.ejb.service.ExecutionService;
import io.dkron.ejb.service.JobQuery;
import io.dkron.ejb.service.JobService;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Parameters;
import io.dkron.jaxrs.message.Rendered;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All jobs at a glance. */
@Path("v1/overview")
@ApplicationScoped
public class OverviewResource {
    @Inject
    private JobService jobs;

    @Inject
    private ExecutionService executions;

    @Inject
    private ClusterService cluster;

    @GET
    public Response overview(@Context HttpServletRequest http) {
        Call call = Call.of(http);
        Parameters in = new Parameters(call.query());
        Optional<ResultsOverTime.Range> range = in.choice("range", ResultsOverTime.Range::of, "1h, 24h, 7d");
        in.check();
        return call.ok(Rendered.json(json -> overview(json, range))).build();
    }

    private void overview(JsonOut json, Optional<ResultsOverTime.Range> range) {
        Map<JobStatus, Integer> statuses = jobs.statuses();
        int disabled = jobs.list(disabled()).total();
        json.startObject().name("jobs").startObject().number("total", jobs.size());
        for (JobStatus status : JobStatus.values()) {
            json.number(status == JobStatus.NONE ? "untriggered" : status.text(), statuses.getOrDefault(status, 0));
        }
        json.number("disabled", disabled).endObject();
        json.number("running", executions.unended().size());
        members(json);
        json.name("cluster")
                .startObject()
                .text("node", cluster.self().name())
                .text("leader", cluster.leader().map(Member::name).orElse(""))
                .number("term", cluster.term())
                .text("store", cluster.backend())
                .text("store_status", cluster.storeUp() ? "ok" : "away")
                .bool("raft", cluster.raft().isPresent());
        json.name("clock_offsets").startObject();
        new TreeMap<>(cluster.clockOffsets())
                .forEach((node, ahead) -> json.number(node, ahead.toMillis() / 1_000.0)); // in seconds, as the metric
        json.endObject().endObject();
        if (range.isPresent()) {
            json.name("results");
            results(range.get()).write(json);
        }
        json.endObject();
    }

    private ResultsOverTime results(ResultsOverTime.Range range) {
        ResultsOverTime results = new ResultsOverTime(range, Instant.now());
        jobs.list(JobQuery.ALL)
                .jobs()
                .forEach(each -> each.job().state().recent().forEach(results::add));
        return results;
    }

    private void members(JsonOut json) {
        List<Member> members = cluster.members();
        json.name("members").startObject().number("total", members.size());
        for (MemberStatus status : MemberStatus.values()) {
            if (status != MemberStatus.NONE) {
                json.number(status.text(), cluster.count(status));
            }
        }
        json.number(
                        "servers",
                        members.stream().filter(m -> m.alive() && m.server()).count())
                .endObject();
    }

    private static JobQuery disabled() {
        JobQuery all = JobQuery.ALL;
        return new JobQuery(
                all.metadata(),
                all.tags(),
                all.owner(),
                all.text(),
                all.status(),
                Optional.of(true),
                all.order(),
                0,
                0);
    }
}
