package io.dkron.core.store;

import java.util.Objects;

/**
 * A real server of a backend that runs, lets in who has the password, and can stop to take writes, as a full or a
 * read-only one does. Not thread-safe.
 *
 * @param server started; closed by whoever asked for it
 * @param right what it lets in
 * @param wrong what it does not
 * @param refuseWrites from now on it answers reads alone
 * @param takeWrites from now on it takes writes again
 */
public record GuardedServer(StoreServer server, Login right, Login wrong, Change refuseWrites, Change takeWrites) {
    public GuardedServer {
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(right, "right");
        Objects.requireNonNull(wrong, "wrong");
        Objects.requireNonNull(refuseWrites, "refuseWrites");
        Objects.requireNonNull(takeWrites, "takeWrites");
    }

    /** Who somebody says to be; both may be empty. */
    public record Login(String username, String password) {
        public Login {
            Objects.requireNonNull(username, "username");
            Objects.requireNonNull(password, "password");
        }

        /** The same request, from that one. */
        public StoreRequest with(StoreRequest request) {
            return new StoreRequest(
                    request.backend(),
                    request.machines(),
                    request.keyspace(),
                    username,
                    password,
                    request.tls(),
                    request.region(),
                    request.endpoint(),
                    request.dataDir(),
                    request.fsync(),
                    request.timeout());
        }
    }

    /** What makes the server different. */
    @FunctionalInterface
    public interface Change {
        /** @throws Exception whatever the way to the server throws */
        void make() throws Exception;
    }
}
