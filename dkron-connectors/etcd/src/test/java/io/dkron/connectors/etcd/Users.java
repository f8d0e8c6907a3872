package io.dkron.connectors.etcd;

import io.dkron.core.store.StoreRequest;
import java.time.Duration;
import java.util.List;

/** Makes an etcd ask for a user. */
final class Users {
    private Users() {}

    static void require(EtcdServer server, String name, String password) throws Exception {
        server.call("POST", "/v3/auth/user/add", "{\"name\": \"" + name + "\", \"password\": \"" + password + "\"}");
        server.call("POST", "/v3/auth/role/add", "{\"name\": \"root\"}");
        server.call("POST", "/v3/auth/user/grant", "{\"user\": \"" + name + "\", \"role\": \"root\"}");
        server.call("POST", "/v3/auth/enable", "{}");
    }

    /** Raises the alarm of a full database, or ends it. */
    static void alarm(EtcdServer server, String action, String name, String password) throws Exception {
        String token = server.call(
                        "POST",
                        "/v3/auth/authenticate",
                        "{\"name\": \"" + name + "\", \"password\": \"" + password + "\"}")
                .replaceAll("(?s).*\"token\": *\"([^\"]+)\".*", "$1");
        server.call(
                "POST",
                "/v3/maintenance/alarm",
                "{\"action\": \"" + action + "\", \"memberID\": \"1\", \"alarm\": \"NOSPACE\"}",
                "Authorization",
                token);
    }

    static StoreRequest request(EtcdServer server, String keyspace, Duration timeout, String name, String password) {
        return new StoreRequest(
                "etcd",
                List.of(server.machine()),
                keyspace,
                name,
                password,
                StoreRequest.Tls.OFF,
                "",
                "",
                "",
                true,
                timeout);
    }
}
