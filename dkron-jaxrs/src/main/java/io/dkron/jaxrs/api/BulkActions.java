package io.dkron.jaxrs.api;

import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import io.dkron.core.engine.Condition;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Request;
import io.dkron.core.job.JobName;
import io.dkron.core.json.Json;
import io.dkron.core.json.JsonFields;
import io.dkron.core.json.JsonOut;
import io.dkron.core.problem.InvalidInputException;
import io.dkron.core.problem.MalformedInputException;
import io.dkron.core.problem.Problems;
import io.dkron.ejb.service.ExecutionService;
import io.dkron.ejb.service.JobService;
import io.dkron.ejb.service.RunAnswer;
import io.dkron.jaxrs.message.Bodies;
import io.dkron.jaxrs.message.Call;
import io.dkron.jaxrs.message.Headers;
import io.dkron.jaxrs.message.Rendered;
import io.dkron.jaxrs.problem.Refusals;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One action on many jobs; each ends by itself. */
@ApplicationScoped
public class BulkActions {
    private static final int MOST = 1000;

    @Inject
    private JobService jobs;

    @Inject
    private ExecutionService executions;

    @Inject
    private Settings settings;

    /** What to do to a job. */
    private interface Action {
        CompletionStage<Outcome> on(JobName job, Request request);
    }

    private record Result(JobName job, Outcome outcome) {}

    CompletionStage<Response> perform(Call call, InputStream body) {
        Problems problems = new Problems();
        JsonFields in = new JsonFields(
                Json.readObject(Bodies.read(body, settings.bytes(Setting.HTTP_MAX_BODY))),
                Set.of("action", "names"),
                "",
                problems);
        String word = in.text("action", "");
        List<JobName> names = names(in);
        if (!problems.isEmpty()) {
            throw new MalformedInputException(problems.list());
        }
        Map<String, Action> actions = actions(call);
        problems.unless(actions.containsKey(word), "action", "must be run, enable, disable or delete");
        problems.unless(names.size() <= MOST, "names", "must be " + MOST + " at most");
        if (!problems.isEmpty()) {
            throw new InvalidInputException(problems.list());
        }
        return all(names, actions.get(word), Headers.request(call)).thenApply(results -> answer(call, results));
    }

    private Map<String, Action> actions(Call call) {
        return Map.of(
                "run",
                        (job, request) -> executions
                                .run(request, job, call.v1(), Duration.ZERO)
                                .thenApply(RunAnswer::outcome),
                "enable", (job, request) -> jobs.toggle(request, job, Condition.NONE, Optional.of(false)),
                "disable", (job, request) -> jobs.toggle(request, job, Condition.NONE, Optional.of(true)),
                "delete", (job, request) -> jobs.delete(request, job, Condition.NONE, false));
    }

    private static List<JobName> names(JsonFields in) {
        List<JobName> names = new ArrayList<>();
        for (Object each : in.list("names")) {
            if (each instanceof String name && !name.isEmpty()) {
                names.add(new JobName(name));
            } else {
                in.wrong("names", "must hold names of jobs, not " + Json.kind(each));
            }
        }
        return names;
    }

    private static CompletionStage<List<Result>> all(List<JobName> names, Action action, Request request) {
        List<CompletableFuture<Result>> running = new ArrayList<>();
        for (JobName name : names) {
            Request own = new Request(request.id() + "/" + running.size(), request.clientKey());
            running.add(action.on(name, own)
                    .thenApply(outcome -> new Result(name, outcome))
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(running.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> running.stream().map(CompletableFuture::join).toList());
    }

    private static Response answer(Call call, List<Result> results) {
        return call.ok(Rendered.json(json -> {
                    json.startArray();
                    results.forEach(result -> result(json, call, result));
                    json.endArray();
                }))
                .build();
    }

    private static void result(JsonOut json, Call call, Result result) {
        json.startObject().text("name", result.job().value());
        if (result.outcome().done()) {
            json.number("status", 200);
        } else {
            Response problem = Refusals.of(call, result.outcome());
            json.number("status", problem.getStatus());
            if (problem.getEntity() instanceof byte[] body && !call.wantsText()) {
                Map<String, Object> fields = Json.readObject(body);
                json.name("type").value(fields.get("type"));
                json.name("detail").value(fields.get("detail"));
            }
        }
        json.endObject();
    }
}
