package io.dkron.core.notification;

import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.Notification.Channel;
import io.dkron.core.execution.Notification.Moment;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.core.json.Json;
import io.dkron.core.json.JsonFields;
import io.dkron.core.json.JsonOut;
import io.dkron.core.problem.MalformedInputException;
import io.dkron.core.problem.Problems;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The stored form of a notice. Fields that it does not know are ignored, so that later versions can add. Stateless. */
public final class NoticeJson {
    private static final Set<String> FIELDS = Set.of(
            "channel",
            "moment",
            "to",
            "tries",
            "due",
            "last",
            "job",
            "execution",
            "group",
            "node",
            "state",
            "started_at",
            "finished_at",
            "lines",
            "omitted");
    private static final Set<String> LINE = Set.of("node", "started_at", "finished_at", "success");

    private NoticeJson() {}

    public static byte[] write(Notice notice) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        Notice.Subject subject = notice.subject();
        try (JsonOut json = Json.writer(out)) {
            json.startObject()
                    .text("channel", notice.channel().text())
                    .text("moment", notice.moment().text())
                    .text("to", notice.recipient())
                    .number("tries", notice.tries())
                    .time("due", notice.due())
                    .bool("last", notice.last())
                    .text("job", subject.job().value())
                    .text("execution", subject.execution().toString())
                    .number("group", subject.group())
                    .text("node", subject.node())
                    .text("state", subject.state().text())
                    .time("started_at", subject.startedAt())
                    .timeOrNull("finished_at", subject.finishedAt())
                    .number("omitted", subject.omitted());
            json.name("lines").startArray();
            for (Notice.Line line : subject.lines()) {
                json.startObject()
                        .text("node", line.node())
                        .time("started_at", line.startedAt())
                        .timeOrNull("finished_at", line.finishedAt())
                        .bool("success", line.success())
                        .endObject();
            }
            json.endArray().endObject();
        }
        return out.toByteArray();
    }

    /** @throws io.dkron.core.problem.InvalidInputException if it is no notice */
    public static Notice read(byte[] stored) {
        Problems problems = new Problems();
        JsonFields in = new JsonFields(Json.readObject(stored), FIELDS, "", problems);
        Optional<Channel> channel = Channel.of(in.text("channel", ""));
        Optional<Moment> moment = Moment.of(in.text("moment", ""));
        Optional<ExecutionId> execution = ExecutionId.parse(in.text("execution", ""));
        if (channel.isEmpty()
                || moment.isEmpty()
                || execution.isEmpty()
                || in.text("job", "").isEmpty()) {
            throw MalformedInputException.whole("a stored notice without channel, moment, job or execution");
        }
        Notice.Subject subject = new Notice.Subject(
                new JobName(in.text("job", "")),
                execution.get(),
                in.integer("group", Long.MIN_VALUE, Long.MAX_VALUE, 0),
                in.text("node", execution.get().node()),
                state(in),
                in.time("started_at").orElse(Instant.EPOCH),
                in.time("finished_at"),
                lines(in, problems),
                (int) in.integer("omitted", 0, Integer.MAX_VALUE, 0));
        Notice notice = new Notice(
                channel.get(),
                moment.get(),
                subject,
                in.text("to", ""),
                (int) in.integer("tries", 0, Integer.MAX_VALUE, 0),
                in.time("due").orElse(Instant.EPOCH),
                in.bool("last", false));
        if (!problems.isEmpty()) {
            throw new MalformedInputException(problems.list());
        }
        return notice;
    }

    private static ExecutionState state(JsonFields in) {
        String word = in.text("state", "");
        Optional<ExecutionState> state = ExecutionState.named(word);
        if (state.isEmpty()) {
            in.wrong("state", "is none: " + word);
        }
        return state.orElse(ExecutionState.RUNNING);
    }

    private static List<Notice.Line> lines(JsonFields in, Problems problems) {
        List<Notice.Line> lines = new ArrayList<>();
        for (Object each : in.list("lines")) {
            JsonFields line = new JsonFields(Json.object(each), LINE, "lines.", problems);
            lines.add(new Notice.Line(
                    line.text("node", ""),
                    line.time("started_at").orElse(Instant.EPOCH),
                    line.time("finished_at"),
                    line.bool("success", false)));
        }
        return lines;
    }
}
