package io.dkron.agent.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgpack.core.ExtensionTypeHeader;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;
import org.msgpack.core.MessageUnpacker;

@Timeout(60)
class FluentProcessorTest {
    /** How the receiver answers a message that asks for an acknowledgement. */
    private enum Answer {
        ACKNOWLEDGE,
        OTHER_CHUNK,
        HELLO,
        CLOSE
    }

    /** A message as it came. */
    private record Message(String tag, Instant time, Map<String, String> entries, Optional<String> chunk) {}

    /** Decodes with the library of MessagePack's authors, so that ours is not tested against itself. */
    private static final class Receiver implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
        private final List<Message> messages = new ArrayList<>();
        private final CompletableFuture<Void> end;

        private Receiver(Answer answer) throws IOException {
            end = CompletableFuture.runAsync(() -> {
                try (Socket client = server.accept();
                        MessageUnpacker in = MessagePack.newDefaultUnpacker(client.getInputStream());
                        MessagePacker out = MessagePack.newDefaultPacker(client.getOutputStream())) {
                    while (in.hasNext()) {
                        Message message = read(in);
                        messages.add(message);
                        if (message.chunk().isPresent()
                                && !answer(out, answer, message.chunk().get())) {
                            return;
                        }
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }

        private static boolean answer(MessagePacker out, Answer answer, String chunk) throws IOException {
            switch (answer) {
                case ACKNOWLEDGE ->
                    out.packMapHeader(1).packString("ack").packString(chunk).flush();
                case OTHER_CHUNK ->
                    out.packMapHeader(1).packString("ack").packString("other").flush();
                case HELLO ->
                    out.packArrayHeader(2).packString("HELO").packMapHeader(0).flush();
                default -> {
                    return false;
                }
            }
            return true;
        }

        private static Message read(MessageUnpacker in) throws IOException {
            int parts = in.unpackArrayHeader();
            String tag = in.unpackString();
            assertThat(in.unpackArrayHeader()).as("entries").isEqualTo(1);
            assertThat(in.unpackArrayHeader()).as("time and record").isEqualTo(2);
            ExtensionTypeHeader time = in.unpackExtensionTypeHeader();
            assertThat(time.getType()).isZero();
            assertThat(time.getLength()).isEqualTo(8);
            java.nio.ByteBuffer stamp = java.nio.ByteBuffer.wrap(in.readPayload(8));
            Instant at = Instant.ofEpochSecond(stamp.getInt(), stamp.getInt());
            Map<String, String> entries = new LinkedHashMap<>();
            for (int left = in.unpackMapHeader(); left > 0; left--) {
                entries.put(in.unpackString(), in.unpackString());
            }
            Optional<String> chunk = Optional.empty();
            if (parts == 3) {
                assertThat(in.unpackMapHeader()).isEqualTo(1);
                assertThat(in.unpackString()).isEqualTo("chunk");
                chunk = Optional.of(in.unpackString());
            }
            return new Message(tag, at, entries, chunk);
        }

        private String port() {
            return Integer.toString(server.getLocalPort());
        }

        private List<Message> received() throws Exception {
            end.get(20, TimeUnit.SECONDS);
            return messages;
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    @Test
    @DisplayName("Jobs 6, fluent: a record with host, job_name and message by the environment's address, acknowledged")
    void aRecordGoesToTheAddressOfTheEnvironmentAndIsAcknowledged() throws Exception {
        try (Receiver receiver = new Receiver(Answer.ACKNOWLEDGE)) {
            Map<String, String> environment =
                    Map.of("FLUENTBIT_HOST", "127.0.0.1", "FLUENTBIT_PORT", receiver.port(), "FLUENTBIT_TAG", "jobs");
            assertThat(new FluentProcessor(name -> environment.getOrDefault(name, ""))
                            .process(Contexts.of("hello ä\n".getBytes(StandardCharsets.UTF_8), Map.of())))
                    .contains("Output sent to Fluent");
            assertThat(receiver.received()).singleElement().satisfies(message -> {
                assertThat(message.tag()).isEqualTo("jobs");
                assertThat(message.time()).isEqualTo(Contexts.END);
                assertThat(message.entries())
                        .containsExactly(
                                Map.entry("host", "n1"),
                                Map.entry("job_name", "job1"),
                                Map.entry("message", "hello ä\n"),
                                Map.entry("execution", "17-n1"),
                                Map.entry("state", "success"));
                assertThat(message.chunk()).isPresent();
            });
        }
    }

    @Test
    void keysOfTheJobWinAndAnAcknowledgementNeedNotBeAsked() throws Exception {
        try (Receiver receiver = new Receiver(Answer.CLOSE)) {
            new FluentProcessor(name -> "nobody.invalid")
                    .process(Contexts.of(
                            new byte[0],
                            Map.of("host", "127.0.0.1", "port", receiver.port(), "tag", "mine", "ack", "false")));
            assertThat(receiver.received()).singleElement().satisfies(message -> {
                assertThat(message.tag()).isEqualTo("mine");
                assertThat(message.chunk()).isEmpty();
                assertThat(message.entries()).containsEntry("message", "");
            });
        }
    }

    @Test
    @DisplayName("F27: a large output arrives whole, in records of bounded size, cut at ends of lines")
    void f27ALargeOutputArrivesWholeInParts() throws Exception {
        String line = "日".repeat(20) + "\n";
        String output = line.repeat(12_000);
        try (Receiver receiver = new Receiver(Answer.ACKNOWLEDGE)) {
            new FluentProcessor(name -> "")
                    .process(Contexts.of(
                            new ByteArrayInputStream(output.getBytes(StandardCharsets.UTF_8)),
                            Map.of("port", receiver.port())));
            StringBuilder all = new StringBuilder();
            int number = 0;
            for (Message message : receiver.received()) {
                String text = message.entries().get("message");
                assertThat(text).endsWith("\n");
                assertThat(text.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(256_000);
                assertThat(message.entries()).containsEntry("part", Integer.toString(++number));
                all.append(text);
            }
            assertThat(number).isEqualTo(3);
            assertThat(all.toString()).isEqualTo(output);
        }
    }

    @Test
    void aLineWithoutEndIsCutBetweenCharacters() throws Exception {
        String output = "x" + "日".repeat(100_000);
        try (Receiver receiver = new Receiver(Answer.ACKNOWLEDGE)) {
            new FluentProcessor(name -> "")
                    .process(Contexts.of(output.getBytes(StandardCharsets.UTF_8), Map.of("port", receiver.port())));
            StringBuilder all = new StringBuilder();
            receiver.received().forEach(m -> all.append(m.entries().get("message")));
            assertThat(all.toString()).isEqualTo(output);
        }
    }

    @Test
    @DisplayName("Jobs 6, fluent: what is not acknowledged has failed, and says how")
    void whatIsNotAcknowledgedHasFailed() throws Exception {
        Map<Answer, String> said = Map.of(
                Answer.OTHER_CHUNK, "acknowledged something else",
                Answer.HELLO, "shared key",
                Answer.CLOSE, "fluent: 127.0.0.1:");
        for (Map.Entry<Answer, String> each : said.entrySet()) {
            try (Receiver receiver = new Receiver(each.getKey())) {
                assertThatThrownBy(() -> new FluentProcessor(name -> "")
                                .process(Contexts.of(new byte[] {'x'}, Map.of("port", receiver.port()))))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining(each.getValue());
            }
        }
        assertThatThrownBy(() -> new FluentProcessor(name -> "").process(Contexts.of(new byte[0], Map.of("port", "1"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:1");
        assertThatThrownBy(() -> new FluentProcessor(name -> "x").process(Contexts.of(new byte[0], Map.of())))
                .hasMessageContaining("port must be a number");
    }
}
