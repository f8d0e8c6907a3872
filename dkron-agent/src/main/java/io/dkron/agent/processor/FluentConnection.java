package io.dkron.agent.processor;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;

/**
 * A connection to a receiver of Fluentd's forward protocol, version 1. Everything sent ends when the thread is
 * interrupted. For one thread.
 */
final class FluentConnection implements AutoCloseable {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int ANSWER_MILLIS = 10_000;

    private final SocketChannel channel;
    private final DataInputStream answers;

    FluentConnection(InetSocketAddress address) throws IOException {
        if (address.isUnresolved()) {
            throw new IOException("host " + address.getHostString() + " is not known");
        }
        channel = SocketChannel.open();
        try {
            channel.socket().connect(address, CONNECT_MILLIS);
            channel.socket().setSoTimeout(ANSWER_MILLIS);
            answers = new DataInputStream(channel.socket().getInputStream());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Sends one record.
     *
     * @param acknowledged waits until the receiver says that it has it
     */
    void send(String tag, Instant time, Map<String, String> entries, boolean acknowledged) throws IOException {
        String chunk =
                Base64.getEncoder().encodeToString(UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII));
        MessagePack message = new MessagePack()
                .array(acknowledged ? 3 : 2)
                .text(tag)
                .array(1)
                .array(2)
                .time(time)
                .map(entries.size());
        entries.forEach((key, value) -> message.text(key).text(value));
        if (acknowledged) {
            message.map(1).text("chunk").text(chunk);
        }
        for (ByteBuffer bytes = ByteBuffer.wrap(message.bytes()); bytes.hasRemaining(); ) {
            channel.write(bytes);
        }
        if (acknowledged) {
            awaitAnswer(chunk);
        }
    }

    private void awaitAnswer(String chunk) throws IOException {
        try {
            Map<String, String> answer = MessagePack.texts(answers);
            if (!chunk.equals(answer.get("ack"))) {
                throw new IOException("acknowledged something else than was sent");
            }
        } catch (SocketTimeoutException e) {
            throw new IOException(
                    "did not acknowledge within " + ANSWER_MILLIS / 1_000
                            + " s; set \"ack\":\"false\" for a receiver that never does",
                    e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
