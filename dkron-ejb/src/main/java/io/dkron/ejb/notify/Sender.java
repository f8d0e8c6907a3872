package io.dkron.ejb.notify;

/** One channel. Safe for use by many threads. */
@FunctionalInterface
interface Sender {
    /**
     * Tells once, within the limit of time that it was made with.
     *
     * @throws NotDeliveredException when the receiver did not take it, or may not have
     */
    void send(Message message) throws NotDeliveredException, InterruptedException;
}
