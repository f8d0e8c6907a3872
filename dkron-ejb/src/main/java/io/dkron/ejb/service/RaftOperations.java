package io.dkron.ejb.service;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What an operator can see and do of the Raft group; only with the embedded store. Safe for many threads. */
public interface RaftOperations {
    /**
     * A server of the group.
     *
     * @param id its Raft id
     * @param node name of its node; empty when no known member has it
     * @param address {@code host:port} of Raft
     * @param state {@code leader}, {@code follower} or {@code failed}
     * @param voter whether it counts for majorities; a new one only once it has caught up
     */
    record Server(String id, String node, String address, String state, boolean voter) {
        public Server {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(node, "node");
            Objects.requireNonNull(address, "address");
            Objects.requireNonNull(state, "state");
        }
    }

    /**
     * The group as this node knows it.
     *
     * @param term of Raft, unrelated to the leader's term of the store
     * @param leader Raft id; empty while none is known
     * @param commit newest committed index
     */
    record Status(long term, Optional<String> leader, long commit, List<Server> servers) {
        public Status {
            Objects.requireNonNull(leader, "leader");
            servers = List.copyOf(servers);
        }
    }

    /** How a change ended. */
    enum Change {
        DONE,
        /** No server of that id or node name is in the group. */
        UNKNOWN,
        /** Nobody leads, or the group did not confirm it in time: it may be done later. */
        UNAVAILABLE,
        /** The one to lead is not up to date, or the change would leave no majority. */
        REFUSED
    }

    /**
     * An answer for a person.
     *
     * @param detail why not; empty when done
     */
    record Answer(Change change, String detail) {
        public Answer {
            Objects.requireNonNull(change, "change");
            Objects.requireNonNull(detail, "detail");
        }
    }

    Status status();

    /** Removes a server. @param server its Raft id or node name */
    CompletionStage<Answer> remove(String server);

    /** Hands the lead to a server. @param server its Raft id or node name */
    CompletionStage<Answer> promote(String server);
}
