package io.dkron.ejb.leader;

/**
 * The right to act as leader at this moment. A commit is fenced, a call to an agent only by the highest term that this
 * agent saw (protocol P1): so before one, a leader makes sure that the others still follow it. Safe for many threads.
 */
public interface Authority {
    /** Of a leader that nothing can depose. */
    Authority UNDISPUTED = new Authority() {
        @Override
        public boolean holds() {
            return true;
        }

        @Override
        public boolean confirm() {
            return true;
        }

        @Override
        public boolean lost() {
            return false;
        }
    };

    /** Whether a majority, or the store, confirmed the lead so recently that nobody else can lead yet. Does not block. */
    boolean holds();

    /** Asks for such a confirmation; blocks for at most some seconds. @return whether it came */
    boolean confirm();

    /** Whether another may lead. */
    boolean lost();
}
