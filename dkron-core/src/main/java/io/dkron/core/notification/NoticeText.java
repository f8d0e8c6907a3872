package io.dkron.core.notification;

import io.dkron.core.execution.ExecutionState;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.core.notification.Notice.Line;
import io.dkron.core.notification.Notice.Subject;
import io.dkron.core.template.GoTime;
import io.dkron.core.time.Rfc3339;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is said of an execution, as templates see it and as plain text. Stateless. */
public final class NoticeText {
    private NoticeText() {}

    /** The fields of templates with values of their kinds, for checking a template. */
    public static Map<String, Object> sample() {
        Subject subject = new Subject(
                new JobName("job"),
                new ExecutionId(1, "node"),
                1,
                "node",
                ExecutionState.SUCCESS,
                Instant.EPOCH,
                Optional.of(Instant.EPOCH),
                List.of(new Line("node", Instant.EPOCH, Optional.of(Instant.EPOCH), true)),
                0);
        return fields(subject, "node", "output");
    }

    /**
     * The fields of templates.
     *
     * @param reporter the node that tells
     * @param output as it is stored
     */
    public static Map<String, Object> fields(Subject subject, String reporter, String output) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("Report", report(subject, reporter, output));
        fields.put("JobName", subject.job().value());
        fields.put("ReportingNode", reporter);
        fields.put("StartTime", new GoTime(subject.startedAt()));
        fields.put("FinishedAt", end(subject.finishedAt()));
        fields.put("Success", subject.success());
        fields.put("NodeName", subject.node());
        fields.put("Output", output);
        return fields;
    }

    /** The subject of a mail. */
    public static String title(String prefix, Subject subject) {
        String how =
                subject.success() ? "Success" : subject.state() == ExecutionState.CANCELLED ? "Cancelled" : "Failed";
        return (prefix + how + " " + subject.job() + " execution report").replaceAll("\\p{Cntrl}", " ");
    }

    /** Everything as text, with a line for each execution of the group. */
    public static String report(Subject subject, String reporter, String output) {
        StringBuilder report = new StringBuilder(300 + output.length());
        report.append("Executed: ").append(subject.job());
        report.append("\nReporting node: ").append(reporter);
        report.append("\nStart time: ").append(new GoTime(subject.startedAt()));
        report.append("\nEnd time: ").append(end(subject.finishedAt()));
        report.append("\nSuccess: ").append(subject.success());
        report.append("\nNode: ").append(subject.node());
        report.append("\nOutput: ").append(output);
        report.append("\nExecution group: ").append(subject.group()).append('\n');
        for (Line line : subject.lines()) {
            report.append("\t[Node]: ").append(line.node());
            report.append(" [Start]: ").append(new GoTime(line.startedAt()));
            report.append(" [End]: ").append(end(line.finishedAt()));
            report.append(" [Success]: ").append(line.success()).append('\n');
        }
        if (subject.omitted() > 0) {
            report.append("\tand ").append(subject.omitted()).append(" more\n");
        }
        return report.toString();
    }

    /** Go's zero time where there is none yet. */
    private static GoTime end(Optional<Instant> finishedAt) {
        return new GoTime(finishedAt.orElse(Rfc3339.ZERO));
    }
}
