package io.dkron.connectors.consul;

import io.dkron.core.store.GuardedServer;
import io.dkron.core.store.StoreServer;
import io.dkron.core.store.StoreServerSource;

/** Servers of this backend, as it is installed. */
public final class ConsulServers implements StoreServerSource {
    private static final String POLICY = "of-dkron";

    @Override
    public String backend() {
        return "consul";
    }

    @Override
    public StoreServer create() {
        return new ConsulServer();
    }

    /** A token whose policy may write, and then may only read. */
    @Override
    public GuardedServer guarded() throws Exception {
        ConsulServer server = ConsulServer.guarded();
        server.start();
        String created = server.call("PUT", "/v1/acl/policy", policy("write"));
        String id = created.replaceAll("(?s).*\"ID\": *\"([^\"]+)\".*", "$1");
        String token = "77777777-2222-3333-4444-555555555555";
        server.call(
                "PUT",
                "/v1/acl/token",
                "{\"SecretID\": \"" + token + "\", \"Policies\": [{\"Name\": \"" + POLICY + "\"}]}");
        return new GuardedServer(
                server,
                new GuardedServer.Login("", token),
                new GuardedServer.Login("", "99999999-2222-3333-4444-555555555555"),
                () -> server.call("PUT", "/v1/acl/policy/" + id, policy("read")),
                () -> server.call("PUT", "/v1/acl/policy/" + id, policy("write")));
    }

    private static String policy(String right) {
        return "{\"Name\": \"" + POLICY + "\", \"Rules\": \"key_prefix \\\"\\\" { policy = \\\"" + right + "\\\" }\"}";
    }
}
