package io.dkron.jaxrs.live;

import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;

/** One client's stream. A client that is gone closes it; nothing is thrown then. */
final class Connection {
    private final SseEventSink sink;
    private final Sse sse;

    Connection(SseEventSink sink, Sse sse) {
        this.sink = sink;
        this.sse = sse;
    }

    /** @return whether the client is still there */
    boolean send(String id, String type, String data) {
        return send(
                sse.newEventBuilder().id(id).name(type).data(String.class, data).build());
    }

    boolean comment(String text) {
        return send(sse.newEventBuilder().comment(text).build());
    }

    boolean open() {
        return !sink.isClosed();
    }

    void close() {
        sink.close();
    }

    private boolean send(OutboundSseEvent event) {
        if (sink.isClosed()) {
            return false;
        }
        sink.send(event).exceptionally(gone -> {
            sink.close();
            return null;
        });
        return !sink.isClosed();
    }
}
