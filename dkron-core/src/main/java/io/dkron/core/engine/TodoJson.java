package io.dkron.core.engine;

import io.dkron.core.execution.Trigger;
import io.dkron.core.job.JobName;
import io.dkron.core.json.Json;
import io.dkron.core.json.JsonFields;
import io.dkron.core.json.JsonOut;
import io.dkron.core.problem.MalformedInputException;
import io.dkron.core.problem.Problems;
import io.dkron.core.store.Codec;
import io.dkron.core.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The stored form of what is left to do: an array, to be done in its order. Stateless. */
final class TodoJson {
    private static final Set<String> FIELDS = Set.of(
            "do", "job", "uid", "group", "trigger", "cause", "scheduled_at", "at", "targets", "after", "dependents");
    private static final String START = "start";
    private static final String FOLLOW = "follow";
    private static final String REMOVE = "remove";

    /** Its codec; pure. */
    static final Codec<List<Todo>> CODEC = new Codec<>() {
        @Override
        public byte[] write(List<Todo> todos) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
            try (JsonOut json = Json.writer(out)) {
                json.startArray();
                todos.forEach(t -> TodoJson.write(json, t));
                json.endArray();
            }
            return out.toByteArray();
        }

        @Override
        public List<Todo> read(byte[] bytes) {
            if (!(Json.read(bytes) instanceof List<?> list)) {
                throw new StoreException("not a list of what is left to do");
            }
            return list.stream().map(each -> TodoJson.read(Json.object(each))).toList();
        }
    };

    private TodoJson() {}

    private static void write(JsonOut json, Todo todo) {
        json.startObject();
        if (todo instanceof Todo.Start start) {
            json.text("do", START);
            start(json, start);
        } else if (todo instanceof Todo.Follow follow) {
            json.text("do", FOLLOW).number("group", follow.group()).text("after", follow.after());
        } else if (todo instanceof Todo.Remove remove) {
            json.text("do", REMOVE).bool("dependents", remove.dependents());
        }
        json.text("job", todo.job().value()).text("uid", todo.uid()).endObject();
    }

    private static void start(JsonOut json, Todo.Start start) {
        json.number("group", start.group())
                .text("trigger", start.trigger().text())
                .text("cause", start.cause())
                .time("at", start.at());
        start.scheduledAt().ifPresent(t -> json.time("scheduled_at", t));
        json.name("targets").startArray();
        start.targets()
                .forEach(t -> json.startArray().text(t.node()).text(t.journal()).endArray());
        json.endArray();
    }

    private static Todo read(Map<String, Object> object) {
        Problems problems = new Problems();
        JsonFields in = new JsonFields(object, FIELDS, "", problems);
        JobName job = new JobName(in.text("job", ""));
        String uid = in.text("uid", "");
        long group = in.integer("group", Long.MIN_VALUE, Long.MAX_VALUE, 0);
        Todo todo;
        switch (in.text("do", "")) {
            case START -> todo = start(in, job, uid, group);
            case FOLLOW -> todo = new Todo.Follow(job, uid, group, in.text("after", ""));
            case REMOVE -> todo = new Todo.Remove(job, uid, in.bool("dependents", false));
            default -> throw new StoreException("unknown: " + in.text("do", ""));
        }
        if (!problems.isEmpty()) {
            throw new MalformedInputException(problems.list());
        }
        return todo;
    }

    private static Todo.Start start(JsonFields in, JobName job, String uid, long group) {
        List<Todo.Start.Target> targets = new ArrayList<>();
        for (Object each : in.list("targets")) {
            if (each instanceof List<?> pair && pair.size() == 2) {
                targets.add(new Todo.Start.Target(
                        pair.get(0).toString(), pair.get(1).toString()));
            } else {
                in.wrong("targets", "holds no pair of node and journal: " + each);
            }
        }
        String word = in.text("trigger", "");
        Trigger trigger = Trigger.SCHEDULE;
        for (Trigger each : Trigger.values()) {
            trigger = each.text().equals(word) ? each : trigger;
        }
        Instant at = in.time("at").orElse(Instant.EPOCH);
        return new Todo.Start(job, uid, group, trigger, in.text("cause", ""), in.time("scheduled_at"), at, targets);
    }
}
