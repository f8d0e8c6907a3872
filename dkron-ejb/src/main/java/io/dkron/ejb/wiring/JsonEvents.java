package io.dkron.ejb.wiring;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionJson;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.job.MissedFirings;
import io.dkron.core.json.Json;
import io.dkron.core.json.JsonOut;
import io.dkron.core.json.Profile;
import io.dkron.ejb.service.ReadModel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** Events as the API streams them: one line of JSON each. */
final class JsonEvents implements ReadModel.EventText {
    @Override
    public String job(Job job) {
        return text(json -> json.startObject()
                .text("name", job.name().value())
                .number("revision", job.state().revision())
                .text("status", job.state().status().text())
                .timeOrZero("next", job.state().next())
                .endObject());
    }

    @Override
    public String deleted(JobName name) {
        return text(json -> json.startObject().text("name", name.value()).endObject());
    }

    @Override
    public String missed(Job job) {
        List<MissedFirings> missed = job.state().missed();
        return text(json -> {
            json.startObject()
                    .text("name", job.name().value())
                    .number("missed_count", job.state().missedCount());
            if (!missed.isEmpty()) {
                MissedFirings newest = missed.get(missed.size() - 1);
                json.text("reason", newest.reason().text())
                        .number("count", newest.count())
                        .time("first", newest.first())
                        .time("last", newest.last());
            }
            json.endObject();
        });
    }

    @Override
    public String execution(Execution execution) {
        return text(json -> ExecutionJson.write(json, execution, Profile.V4, ExecutionJson.View.EVENT, 0));
    }

    private static String text(Consumer<JsonOut> writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonOut json = Json.writer(bytes)) {
            writing.accept(json);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
