package io.dkron.jaxrs.live;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionJson;
import io.dkron.core.json.JsonOut;
import io.dkron.core.json.Profile;
import io.dkron.ejb.live.OutputChunk;
import io.dkron.ejb.live.OutputSubscription;
import io.dkron.ejb.service.ExecutionService;
import io.dkron.jaxrs.message.Rendered;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One client that watches one output. Keeps its place: what the buffer dropped, and what was there before, is read from
 * the node. The last event tells the execution's end.
 */
final class OutputWatcher implements Runnable, Beats.Stream {
    private static final int PIECE = 64 << 10;

    private final Connection connection;
    private final Beats beats;
    private final ExecutionService executions;
    private final Execution execution;
    private final Pump pump = new Pump(this::step);
    private volatile OutputSubscription subscription;
    private long at; // of the pump alone
    private boolean done; // of the pump alone

    OutputWatcher(Connection connection, Beats beats, ExecutionService executions, Execution execution, long from) {
        this.connection = connection;
        this.beats = beats;
        this.executions = executions;
        this.execution = execution;
        this.at = from;
    }

    void start(OutputSubscription watching) {
        subscription = watching;
        beats.add(this);
        connection.comment("");
        pump.run();
    }

    /** There is something new. */
    @Override
    public void run() {
        pump.run();
    }

    private void step() {
        OutputSubscription watching = subscription;
        if (watching == null || done) {
            return;
        }
        boolean ended = watching.ended(); // asked before draining: nothing comes after it
        List<OutputChunk> chunks = watching.drain();
        boolean there = chunks.isEmpty() || chunks.get(0).offset() > at ? catchUp(ended) : connection.open();
        for (OutputChunk chunk : chunks) {
            there = there && send(chunk, false);
        }
        if (there && ended) {
            catchUp(true);
            executions
                    .find(execution.job(), execution.id())
                    .ifPresent(last -> connection.send(
                            Long.toString(at),
                            "end",
                            new String(
                                    ExecutionJson.write(last, Profile.V4, ExecutionJson.View.EVENT),
                                    StandardCharsets.UTF_8)));
        }
        if (!there || ended) {
            done = true;
            close();
        }
    }

    /** Sends what is there from the present place on. */
    private boolean catchUp(boolean last) {
        boolean there = connection.open();
        while (there) {
            long before = at;
            Optional<OutputChunk> part = executions.output(
                    execution.job(),
                    execution.id(),
                    at,
                    PIECE,
                    execution.state().ended());
            if (part.isEmpty() || part.get().bytes().length == 0) {
                return true;
            }
            there = send(part.get(), last && part.get().bytes().length < PIECE);
            if (at == before) {
                return there; // half a character: the rest is still to come
            }
        }
        return false;
    }

    /** Sends the part of the chunk after the present place; half a character at its end waits, unless it is the last. */
    private boolean send(OutputChunk chunk, boolean last) {
        if (chunk.end() <= at) {
            return connection.open();
        }
        int skip = (int) Math.max(0, at - chunk.offset());
        long offset = chunk.offset() + skip;
        byte[] bytes = Arrays.copyOfRange(chunk.bytes(), skip, chunk.bytes().length);
        int whole = Utf8.wholeCharacters(bytes);
        boolean text = whole >= 0 && (whole == bytes.length || !last);
        byte[] sent = text && whole < bytes.length ? Arrays.copyOf(bytes, whole) : bytes;
        at = offset + sent.length;
        if (sent.length == 0) {
            return connection.open();
        }
        byte[] data = Rendered.json(json -> data(json, offset, sent, text));
        return connection.send(Long.toString(at), "output", new String(data, StandardCharsets.UTF_8));
    }

    private static void data(JsonOut json, long offset, byte[] bytes, boolean text) {
        json.startObject().number("offset", offset);
        if (text) {
            json.text("text", new String(bytes, StandardCharsets.UTF_8));
        } else {
            json.name("base64").base64(bytes);
        }
        json.endObject();
    }

    @Override
    public boolean beat() {
        boolean there = connection.comment("");
        if (!there) {
            close();
        }
        return there;
    }

    @Override
    public void close() {
        Optional.ofNullable(subscription).ifPresent(OutputSubscription::close);
        connection.close();
        beats.remove(this);
    }
}
