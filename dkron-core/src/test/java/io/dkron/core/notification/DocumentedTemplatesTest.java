package io.dkron.core.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.execution.ExecutionState;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.core.template.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the guide shows is what comes out. */
class DocumentedTemplatesTest {
    private static final Pattern EXAMPLE =
            Pattern.compile("```template\n(.*?)\n```\n```result\n(.*?)\n```", Pattern.DOTALL);

    @Test
    void everyExampleGivesItsResult() throws IOException {
        Instant start = Instant.parse("2026-03-01T10:00:00Z");
        Instant end = start.plusMillis(2_500);
        long number = start.getEpochSecond() * 1_000_000_000L;
        Notice.Subject subject = new Notice.Subject(
                new JobName("backup"),
                new ExecutionId(number, "a1"),
                number,
                "a1",
                ExecutionState.FAILED,
                start,
                Optional.of(end),
                List.of(new Notice.Line("a1", start, Optional.of(end), false)),
                0);
        String guide = Files.readString(Path.of("..", "docs", "notifications.md"));
        List<MatchResult> examples = EXAMPLE.matcher(guide).results().toList();
        assertThat(examples).hasSizeGreaterThan(3);
        for (MatchResult example : examples) {
            Template template =
                    Template.parse(example.group(1), NoticeText.sample()).orThrow();
            String output = "exit status 3\ndisk \"/srv\" is full\n";
            assertThat(template.render(NoticeText.fields(subject, "server1", output)))
                    .isEqualTo(example.group(2));
        }
    }
}
