package io.dkron.agent.processor;

import java.io.IOException;

/** Where the messages of one output go. */
interface SyslogSink {
    /**
     * Sends all of them; returns when they were handed over.
     *
     * @throws IOException when there is nobody who takes them, with a text that says where; some may have been sent
     */
    void send(SyslogLines messages) throws IOException;
}
