package io.dkron.core.execution;

import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.core.json.Json;
import io.dkron.core.json.JsonFields;
import io.dkron.core.json.JsonOut;
import io.dkron.core.json.Profile;
import io.dkron.core.problem.MalformedInputException;
import io.dkron.core.problem.Problems;
import io.dkron.core.time.Rfc3339;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An execution as JSON: the one codec of API and store. Stateless, safe from any thread. */
public final class ExecutionJson {
    private static final Set<String> KNOWN = Set.of(
            "job_name",
            "started_at",
            "finished_at",
            "success",
            "output",
            "node_name",
            "group",
            "attempt",
            "uid",
            "cause",
            "trigger",
            "scheduled_at",
            "not_before",
            "state",
            "journal",
            "cancel_asked",
            "replacement",
            "processor_errors",
            "output_size",
            "notifications");
    private static final Set<String> NOTIFICATION = Set.of("channel", "event", "state", "attempts", "at", "error");
    private static final String DELIVERED = "delivered";

    private ExecutionJson() {}

    /** How the API shows an execution. */
    public enum View {
        /** In a list: always says whether the output is cut. */
        LISTED,
        /** Alone, or in {@code busy}: says so only if the stored output is cut. */
        SINGLE,
        /** In events: without output, its group as text. */
        EVENT
    }

    /**
     * Writes an execution as the API shows it.
     *
     * @param profile {@link Profile#V4} or {@link Profile#V1}
     * @param outputLimit keep the last so many bytes of output, less where that would split a character; negative for all
     */
    public static void write(JsonOut json, Execution e, Profile profile, View view, int outputLimit) {
        boolean v4 = profile == Profile.V4;
        json.startObject();
        if (v4) {
            json.text("id", e.id().toString());
        }
        json.text("job_name", e.job().value())
                .time("started_at", e.startedAt())
                .timeOrZero("finished_at", e.finishedAt())
                .bool("success", e.success());
        byte[] output = view == View.EVENT ? new byte[0] : last(e.output().bytes(), outputLimit);
        boolean cut = view != View.EVENT && output.length < e.output().size();
        if (output.length > 0 && v4) {
            json.text("output", text(output));
        } else if (output.length > 0) {
            json.name("output").base64(output);
        }
        json.text("node_name", e.node());
        if (view == View.EVENT) {
            json.text("group", Long.toString(e.group()));
        } else {
            json.number("group", e.group());
        }
        json.number("attempt", e.attempt());
        if (v4 && view != View.EVENT && (cut || view == View.LISTED)) {
            json.bool("output_truncated", cut);
        }
        if (v4) {
            json.timeOrNull("scheduled_at", e.scheduledAt())
                    .text("trigger", e.trigger().text())
                    .text("state", e.state().text());
        }
        if (v4 && cut) {
            json.number("output_size", e.output().size());
        }
        if (v4) {
            processorErrors(json, e);
        }
        if (v4 && view != View.EVENT) {
            notifications(json, e);
        }
        json.endObject();
    }

    /** Only where there is something to say. */
    private static void processorErrors(JsonOut json, Execution e) {
        if (!e.processorErrors().isEmpty()) {
            json.textsOrNull("processor_errors", e.processorErrors());
        }
    }

    private static void notifications(JsonOut json, Execution e) {
        if (e.notifications().isEmpty()) {
            return;
        }
        json.name("notifications").startArray();
        for (Notification each : e.notifications()) {
            json.startObject()
                    .text("channel", each.channel().text())
                    .text("event", each.moment().text())
                    .text("state", each.delivered() ? DELIVERED : "failed")
                    .number("attempts", each.tries())
                    .time("at", each.at());
            if (!each.error().isEmpty()) {
                json.text("error", each.error());
            }
            json.endObject();
        }
        json.endArray();
    }

    /** As {@link #write(JsonOut, Execution, Profile, View, int)}, as a text of its own. */
    public static byte[] write(Execution e, Profile profile, View view) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try (JsonOut json = Json.writer(out)) {
            write(json, e, profile, view, -1);
        }
        return out.toByteArray();
    }

    /** The stored form: first the fields of Dkron 1.x in its form, then ours. */
    public static byte[] store(Execution e) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512 + e.output().bytes().length * 4 / 3);
        try (JsonOut json = Json.writer(out)) {
            json.startObject()
                    .text("job_name", e.job().value())
                    .time("started_at", e.startedAt())
                    .timeOrZero("finished_at", e.finishedAt())
                    .bool("success", e.success());
            if (e.output().bytes().length > 0) {
                json.name("output").base64(e.output().bytes());
            }
            json.text("node_name", e.node())
                    .number("group", e.group())
                    .number("attempt", e.attempt())
                    .text("uid", e.key().jobUid())
                    .text("cause", e.key().cause())
                    .text("trigger", e.trigger().text())
                    .text("state", e.state().text());
            e.scheduledAt().ifPresent(t -> json.time("scheduled_at", t));
            e.notBefore().ifPresent(t -> json.time("not_before", t));
            if (!e.journal().isEmpty()) {
                json.text("journal", e.journal());
            }
            if (e.cancelAsked()) {
                json.bool("cancel_asked", true);
            }
            e.replacement().ifPresent(node -> json.text("replacement", node));
            processorErrors(json, e);
            if (e.output().truncated()) {
                json.number("output_size", e.output().size());
            }
            notifications(json, e);
            json.endObject();
        }
        return out.toByteArray();
    }

    /**
     * Reads the stored form, of ours and of Dkron 1.x: there an execution without an end is running, and it was never
     * asked for by a key of ours.
     *
     * @param id from the record's key
     * @throws io.dkron.core.problem.InvalidInputException if it is no execution
     */
    public static Execution read(ExecutionId id, byte[] stored) {
        Map<String, Object> object = Json.readObject(stored);
        Problems problems = new Problems();
        JsonFields in = new JsonFields(object, KNOWN, "", problems);
        Execution execution = execution(id, in, problems);
        if (!problems.isEmpty()) {
            throw new MalformedInputException(problems.list());
        }
        return execution;
    }

    private static Execution execution(ExecutionId id, JsonFields in, Problems problems) {
        long group = in.integer("group", Long.MIN_VALUE, Long.MAX_VALUE, 0);
        ExecutionState state = state(in);
        RunKey key =
                new RunKey(in.text("uid", ""), in.text("cause", "v1:" + group), in.text("node_name", id.node()), (int)
                        Math.max(1, in.integer("attempt", 0, Integer.MAX_VALUE, 1)));
        byte[] output = bytes(in);
        return new Execution(
                id,
                job(in),
                key,
                group,
                trigger(in),
                in.time("scheduled_at"),
                in.time("not_before"),
                state,
                in.time("started_at").orElse(Rfc3339.ZERO),
                state.ended() ? Optional.of(in.time("finished_at").orElse(Rfc3339.ZERO)) : Optional.empty(),
                in.text("journal", ""),
                in.bool("cancel_asked", false),
                Optional.of(in.text("replacement", "")).filter(node -> !node.isEmpty()),
                in.list("processor_errors").stream().map(Object::toString).toList(),
                told(in, problems),
                new OutputTail(output, in.integer("output_size", output.length, Long.MAX_VALUE, output.length)));
    }

    /** What a later version tells in a way that this one does not know is left out. */
    private static List<Notification> told(JsonFields in, Problems problems) {
        List<Notification> told = new ArrayList<>();
        for (Object each : in.list("notifications")) {
            JsonFields one = new JsonFields(Json.object(each), NOTIFICATION, "notifications.", problems);
            Optional<Notification.Channel> channel = Notification.Channel.of(one.text("channel", ""));
            Optional<Notification.Moment> moment = Notification.Moment.of(one.text("event", ""));
            if (channel.isPresent() && moment.isPresent()) {
                told.add(new Notification(
                        channel.get(),
                        moment.get(),
                        one.text("state", "").equals(DELIVERED),
                        (int) one.integer("attempts", 0, Integer.MAX_VALUE, 1),
                        one.time("at").orElse(Rfc3339.ZERO),
                        one.text("error", "")));
            }
        }
        return told;
    }

    private static JobName job(JsonFields in) {
        String name = in.text("job_name", "");
        if (name.isEmpty()) {
            throw MalformedInputException.whole("a stored execution without a job");
        }
        return new JobName(name);
    }

    private static ExecutionState state(JsonFields in) {
        boolean success = in.bool("success", false);
        if (!in.has("state")) {
            return in.time("finished_at").isEmpty()
                    ? ExecutionState.RUNNING
                    : success ? ExecutionState.SUCCESS : ExecutionState.FAILED;
        }
        String word = in.text("state", "");
        Optional<ExecutionState> state = ExecutionState.named(word);
        if (state.isEmpty()) {
            in.wrong("state", "is none: " + word);
        }
        return state.orElse(ExecutionState.RUNNING);
    }

    private static Trigger trigger(JsonFields in) {
        String word = in.text("trigger", Trigger.SCHEDULE.text()); // Dkron 1.x does not tell
        for (Trigger each : Trigger.values()) {
            if (each.text().equals(word)) {
                return each;
            }
        }
        in.wrong("trigger", "is none: " + word);
        return Trigger.SCHEDULE;
    }

    private static byte[] bytes(JsonFields in) {
        String text = in.text("output", "");
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            in.wrong("output", "is no base64");
            return new byte[0];
        }
    }

    /** The bytes as text; what is no UTF-8 becomes U+FFFD. */
    public static String text(byte[] output) {
        return new String(output, StandardCharsets.UTF_8);
    }

    /** The last {@code limit} bytes, less where that would split a character; all if the limit is negative. */
    static byte[] last(byte[] bytes, int limit) {
        if (limit < 0 || bytes.length <= limit) {
            return bytes;
        }
        int from = bytes.length - limit;
        for (int i = 0; i < 3 && from < bytes.length && (bytes[from] & 0xC0) == 0x80; i++) {
            from++;
        }
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }
}
