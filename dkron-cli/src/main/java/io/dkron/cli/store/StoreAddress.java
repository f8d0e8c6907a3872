package io.dkron.cli.store;

import io.dkron.core.store.StoreRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * A keyspace of a store in one word: {@code BACKEND://[USER@]MACHINE[,MACHINE...]/KEYSPACE[?NAME=VALUE&...]}, with the
 * names {@code tls}, {@code ca-file}, {@code cert-file}, {@code key-file}, {@code region}, {@code endpoint}. A database of
 * PostgreSQL stands behind the machine: {@code postgres://db:5432/dkron/KEYSPACE}. The embedded store is {@code
 * embedded:DATA-DIR[?keyspace=KEYSPACE]}, the file of a Dkron 1.x {@code boltdb:FILE[?keyspace=KEYSPACE]}. Passwords have no place in it, since others see command lines.
 */
public record StoreAddress(StoreRequest request) {
    private static final Set<String> NAMES =
            Set.of("tls", "ca-file", "cert-file", "key-file", "region", "endpoint", "keyspace");
    private static final String KEYSPACE = "dkron";

    public StoreAddress {
        Objects.requireNonNull(request, "request");
    }

    /**
     * @param password empty for none
     * @throws IllegalArgumentException when the text is no address, and why
     */
    public static StoreAddress parse(String text, String password) {
        int colon = text.indexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException(text + ": must be BACKEND://MACHINE/KEYSPACE or embedded:DATA-DIR");
        }
        String backend = text.substring(0, colon);
        String[] parts = text.substring(colon + 1).split("\\?", 2);
        Map<String, String> more = parts.length > 1 ? query(text, parts[1]) : Map.of();
        return parts[0].startsWith("//")
                ? remote(text, backend, parts[0].substring(2), more, password)
                : local(text, backend, parts[0], more);
    }

    private static StoreAddress local(String text, String backend, String folder, Map<String, String> more) {
        if (!Set.of("embedded", "boltdb").contains(backend) || folder.isEmpty()) {
            throw new IllegalArgumentException(
                    text + ": only the embedded store is a directory; others are BACKEND://MACHINE/KEYSPACE");
        }
        String keyspace = more.getOrDefault("keyspace", KEYSPACE);
        return Files.isRegularFile(Path.of(folder))
                ? new StoreAddress(request(backend, List.of(folder), keyspace, "", "", "", more))
                : new StoreAddress(request(backend, List.of(), keyspace, "", "", folder, more));
    }

    private static StoreAddress remote(
            String text, String backend, String rest, Map<String, String> more, String password) {
        int at = rest.indexOf('@');
        String user = at < 0 ? "" : rest.substring(0, at);
        if (user.contains(":")) {
            throw new IllegalArgumentException(
                    "a password does not belong on a command line: set it in the environment, as the help says");
        }
        String place = rest.substring(at + 1);
        int slash = place.lastIndexOf('/');
        if (slash < 0 || slash == place.length() - 1) {
            throw new IllegalArgumentException(text + ": must end with /KEYSPACE");
        }
        List<String> machines =
                slash == 0 ? List.of() : List.of(place.substring(0, slash).split(","));
        return new StoreAddress(request(backend, machines, place.substring(slash + 1), user, password, "", more));
    }

    private static StoreRequest request(
            String backend,
            List<String> machines,
            String keyspace,
            String user,
            String password,
            String folder,
            Map<String, String> more) {
        return new StoreRequest(
                backend,
                machines,
                keyspace,
                user,
                password,
                new StoreRequest.Tls(
                        Boolean.parseBoolean(more.getOrDefault("tls", "false")),
                        more.getOrDefault("ca-file", ""),
                        more.getOrDefault("cert-file", ""),
                        more.getOrDefault("key-file", "")),
                more.getOrDefault("region", ""),
                more.getOrDefault("endpoint", ""),
                folder,
                true,
                Duration.ofSeconds(30));
    }

    private static Map<String, String> query(String text, String query) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : query.split("&")) {
            String[] parts = pair.split("=", 2);
            if (parts.length != 2 || !NAMES.contains(parts[0])) {
                throw new IllegalArgumentException(
                        text + ": " + pair + " is not one of " + String.join("=, ", new TreeSet<>(NAMES)) + "=");
            }
            values.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return values;
    }
}
