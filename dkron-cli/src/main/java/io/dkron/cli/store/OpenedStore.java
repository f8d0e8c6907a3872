package io.dkron.cli.store;

import io.dkron.connectors.backends.Backends;
import io.dkron.core.store.Connector;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** A store opened by a command, with its client's libraries unpacked for as long as that takes. */
public final class OpenedStore implements AutoCloseable {
    private final StoreClient client;
    private final Path libraries;

    private OpenedStore(StoreClient client, Path libraries) {
        this.client = client;
        this.libraries = libraries;
    }

    /**
     * @param adapter the resource adapter's archive, which holds the embedded store
     * @throws StoreException when no backend has that name, or the store cannot be opened
     */
    public static OpenedStore open(StoreRequest request, Path adapter) {
        Path libraries = temporary();
        try {
            Backends backends = Backends.packed();
            Optional<Connector> connector = backends.load(request.backend(), libraries)
                    .or(() -> Backends.fromArchive(adapter, request.backend(), libraries));
            return new OpenedStore(
                    connector
                            .orElseThrow(() -> new StoreException("backend " + request.backend()
                                    + ": not one of embedded, " + String.join(", ", backends.names())))
                            .open(request),
                    libraries);
        } catch (RuntimeException e) {
            remove(libraries);
            throw e;
        }
    }

    public StoreClient store() {
        return client;
    }

    @Override
    public void close() {
        client.close();
        remove(libraries);
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("dkron-backend-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path tree) {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
