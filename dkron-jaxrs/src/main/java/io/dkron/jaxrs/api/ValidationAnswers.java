package io.dkron.jaxrs.api;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobJson;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Rendered;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** Answers to requests that only check. Stateless. */
final class ValidationAnswers {
    private ValidationAnswers() {}

    static Response.ResponseBuilder valid(Call call, Job job, List<String> warnings) {
        return call.ok(Rendered.json(json -> {
            json.startObject().bool("valid", true).name("warnings").startArray();
            warnings.forEach(json::text);
            json.endArray().name("job");
            JobJson.write(json, job, List.of(), call.dialect());
            json.endObject();
        }));
    }
}
