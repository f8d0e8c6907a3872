package io.dkron.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutputFollowerTest {
    private static final String RUN = "{\"id\":\"1-a\",\"node_name\":\"a\",\"state\":\"running\"}";
    private static final String END = "id: 9\nevent: end\ndata: {\"id\":\"1-a\",\"success\":true}\n\n";

    private final FakeApi server =
            new FakeApi().store("{\"name\":\"j\",\"schedule\":\"@every 1h\"}").executions("j", RUN);
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final List<Long> lost = new ArrayList<>();
    private final OutputFollower follower = new OutputFollower(server.client(), "j", "1-a", new OutputFollower.Sink() {
        @Override
        public void bytes(byte[] bytes) {
            printed.writeBytes(bytes);
        }

        @Override
        public void lost(long bytes) {
            lost.add(bytes);
        }
    });

    @AfterEach
    void stop() {
        server.close();
    }

    private static String output(long offset, String text) {
        long end = offset + text.getBytes(StandardCharsets.UTF_8).length;
        return ": beat\n\nid: " + end + "\nevent: output\ndata: {\"offset\":" + offset + ",\"text\":\"" + text
                + "\"}\n\n";
    }

    @Test
    void aBrokenStreamGoesOnWhereItBroke() {
        server.stream("1-a", output(0, "gr") + output(2, "üß"), output(4, "ße") + output(7, "!") + END);
        assertThat(follower.follow()).containsEntry("success", true);
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("grüße!");
        assertThat(server.header("Last-Event-ID")).contains("6");
        assertThat(lost).isEmpty();
    }

    @Test
    void whatIsNoTextComesAsItIs() {
        server.stream("1-a", "event: output\ndata: {\"offset\":0,\"base64\":\"/wA=\"}\n\n" + END);
        follower.follow();
        assertThat(printed.toByteArray()).containsExactly(0xff, 0);
    }

    @Test
    void whatIsNoLongerKeptIsTold() {
        server.stream("1-a", output(100, "tail") + END);
        follower.follow();
        assertThat(lost).containsExactly(100L);
        assertThat(printed).hasToString("tail");
    }

    @Test
    void anExecutionThatIsGoneEndsIt() {
        server.executions("j");
        assertThatThrownBy(follower::follow).isInstanceOf(ApiException.class).hasMessageContaining("no execution 1-a");
    }

    @Test
    void aServerThatDoesNotComeBackEndsIt() {
        server.close();
        assertThatThrownBy(follower::follow).hasMessageContaining("no answer from " + server.url());
    }
}
