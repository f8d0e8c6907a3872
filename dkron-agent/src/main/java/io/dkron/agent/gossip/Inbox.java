package io.dkron.agent.gossip;

import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.stack.IpAddress;

/** Takes messages from the channel, on the connections' threads. */
final class Inbox implements Receiver {
    private final Reader reader;

    @FunctionalInterface
    interface Reader {
        void read(IpAddress from, byte[] bytes, int offset, int length);
    }

    Inbox(Reader reader) {
        this.reader = reader;
    }

    @Override
    public void receive(Message message) {
        if (message.getSrc() instanceof IpAddress from && message.hasArray()) {
            reader.read(from, message.getArray(), message.getOffset(), message.getLength());
        }
    }
}
