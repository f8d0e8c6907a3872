package io.dkron.core.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.Notification.Channel;
import io.dkron.core.execution.Notification.Moment;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.core.problem.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoticeTest {
    private static final Instant START = Instant.parse("2026-03-01T10:00:00.5Z");
    private static final Instant END = Instant.parse("2026-03-01T10:00:02Z");

    private static Notice.Subject subject(ExecutionState state, Optional<Instant> end) {
        return new Notice.Subject(
                new JobName("backup"),
                new ExecutionId(1_772_359_200_500_000_000L, "a1"),
                1_772_359_200_500_000_000L,
                "a1",
                state,
                START,
                end,
                List.of(
                        new Notice.Line("a1", START, end, state == ExecutionState.SUCCESS),
                        new Notice.Line("a2", START, Optional.empty(), false)),
                3);
    }

    @Test
    void isReadBackAsItWasWritten() {
        for (Channel channel : Channel.values()) {
            for (Moment moment : Moment.values()) {
                Notice notice = new Notice(
                        channel, moment, subject(ExecutionState.LOST, Optional.of(END)), "a@b, c@d", 2, END, true);
                assertThat(NoticeJson.read(NoticeJson.write(notice))).isEqualTo(notice);
            }
        }
    }

    @Test
    void whatIsNoNoticeIsRefused() {
        assertThatThrownBy(() -> NoticeJson.read("{\"channel\":\"pigeon\"}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void theReportHasTheLinesOfDkron() {
        assertThat(NoticeText.report(subject(ExecutionState.SUCCESS, Optional.of(END)), "s1", "hello"))
                .isEqualTo("""
                        Executed: backup
                        Reporting node: s1
                        Start time: 2026-03-01 10:00:00.5 +0000 UTC
                        End time: 2026-03-01 10:00:02 +0000 UTC
                        Success: true
                        Node: a1
                        Output: hello
                        Execution group: 1772359200500000000
                        \t[Node]: a1 [Start]: 2026-03-01 10:00:00.5 +0000 UTC [End]: 2026-03-01 10:00:02 +0000 UTC [Success]: true
                        \t[Node]: a2 [Start]: 2026-03-01 10:00:00.5 +0000 UTC [End]: 0001-01-01 00:00:00 +0000 UTC [Success]: false
                        \tand 3 more
                        """);
    }

    @Test
    void theTitleSaysHowItEnded() {
        assertThat(NoticeText.title("[Dkron]", subject(ExecutionState.SUCCESS, Optional.of(END))))
                .isEqualTo("[Dkron]Success backup execution report");
        assertThat(NoticeText.title("a\r\nBcc: x ", subject(ExecutionState.LOST, Optional.of(END))))
                .isEqualTo("a  Bcc: x Failed backup execution report");
        assertThat(NoticeText.title("", subject(ExecutionState.CANCELLED, Optional.of(END))))
                .isEqualTo("Cancelled backup execution report");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {"Authorization: Bearer a:b~Authorization~Bearer a:b", "x-y:z~x-y~z", "Empty:~Empty~''"})
    void aHeaderIsSplitAtTheFirstColon(String line, String name, String value) {
        assertThat(HttpHeader.parse(line)).contains(new HttpHeader(name, value));
        assertThat(HttpHeader.parse(line).orElseThrow()).hasToString(name + ": ***");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {"no colon", ": x", "a b: c", "''"})
    void whatIsNoHeaderIsNone(String line) {
        assertThat(HttpHeader.parse(line)).isEmpty();
        assertThat(HttpHeader.parse("A: b\r\nC: d")).isEmpty();
    }
}
