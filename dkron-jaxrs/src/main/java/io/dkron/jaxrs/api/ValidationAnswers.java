package io.dkron.jaxrs.api;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobJson;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Parameters;
import io.dkron.jaxrs.message.Rendered;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** Answers to requests that only check. Stateless. */
final class ValidationAnswers {
    private ValidationAnswers() {}

    static Response.ResponseBuilder valid(Call call, Job job, List<String> warnings) {
        Parameters in = new Parameters(call.query());
        int count = ScheduleResource.count(in);
        in.check();
        return call.ok(Rendered.json(json -> {
            json.startObject().bool("valid", true).name("warnings").startArray();
            warnings.forEach(json::text);
            json.endArray().name("job");
            JobJson.write(json, job, List.of(), call.dialect());
            json.name("schedule");
            Firings.of(job, count).write(json);
            json.endObject();
        }));
    }
}
