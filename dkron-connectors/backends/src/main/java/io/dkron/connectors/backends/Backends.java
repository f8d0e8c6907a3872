package io.dkron.connectors.backends;

import io.dkron.core.store.Connector;
import io.dkron.core.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Function;

/**
 * The backends that are packed with this program. Nothing of one is unpacked or loaded before it is asked for. Safe for many
 * threads.
 */
public final class Backends {
    private final Function<String, InputStream> files;
    private final Map<String, String> archives;

    private Backends(Function<String, InputStream> files, Map<String, String> archives) {
        this.files = files;
        this.archives = archives;
    }

    /** Those beside this class. @throws StoreException when their index cannot be read */
    public static Backends packed() {
        return of(name -> Backends.class.getResourceAsStream(name));
    }

    /**
     * @param files the index and the archives by name; null for one that is not there
     * @throws StoreException when the index cannot be read
     */
    static Backends of(Function<String, InputStream> files) {
        try (InputStream index = files.apply("index")) {
            if (index == null) {
                return new Backends(files, Map.of());
            }
            Map<String, String> archives = new LinkedHashMap<>();
            new String(index.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .forEach(line -> read(line, archives));
            return new Backends(files, Collections.unmodifiableMap(archives));
        } catch (IOException e) {
            throw new StoreException("the index of backends cannot be read: " + e.getMessage(), e);
        }
    }

    /** {@code archive: name name}. */
    private static void read(String line, Map<String, String> archives) {
        String[] parts = line.split(":", 2);
        if (parts.length != 2) {
            throw new StoreException("the index of backends is damaged: " + line);
        }
        for (String name : parts[1].trim().split("\\s+")) {
            archives.put(name, parts[0].trim());
        }
    }

    /** The names that select one, in the order of the index. */
    public Set<String> names() {
        return archives.keySet();
    }

    /**
     * Loads a backend's connector, apart from all else.
     *
     * @param folder where its libraries are unpacked, unless they are there; created when it is missing
     * @return empty when none has that name
     * @throws StoreException when it cannot be unpacked or loaded
     */
    public Optional<Connector> load(String name, Path folder) {
        Objects.requireNonNull(folder, "folder");
        return Optional.ofNullable(archives.get(name)).map(archive -> load(archive, name, folder));
    }

    private Connector load(String archive, String name, Path folder) {
        try (InputStream packed = files.apply(archive + ".backend")) {
            if (packed == null) {
                throw new StoreException(
                        "backend " + name + ": its archive " + archive + ".backend is not in this build");
            }
            return find(packed, archive, name, folder)
                    .orElseThrow(() -> new StoreException(
                            "backend " + name + ": its archive " + archive + ".backend holds no such connector"));
        } catch (IOException e) {
            throw new StoreException(
                    "backend " + name + ": cannot be unpacked to " + folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * Loads a connector from an archive of jars, apart from all else.
     *
     * @param folder where its libraries are unpacked
     * @return empty when the archive is not there, or holds none of that name
     * @throws StoreException when it cannot be unpacked or loaded
     */
    public static Optional<Connector> fromArchive(Path archive, String name, Path folder) {
        if (!Files.isRegularFile(archive)) {
            return Optional.empty();
        }
        try (InputStream packed = Files.newInputStream(archive)) {
            return find(packed, archive.getFileName().toString(), name, folder);
        } catch (IOException e) {
            throw new StoreException(
                    "backend " + name + ": " + archive + " cannot be unpacked to " + folder + ": " + e.getMessage(), e);
        }
    }

    private static Optional<Connector> find(InputStream packed, String archive, String name, Path folder)
            throws IOException {
        BackendLoader loader = new BackendLoader(Unpacked.in(folder, archive, packed), Backends.class.getClassLoader());
        return ServiceLoader.load(Connector.class, loader).stream()
                .map(ServiceLoader.Provider::get)
                .filter(connector -> connector.names().contains(name))
                .findFirst()
                .map(connector -> new Contextual(connector, loader));
    }
}
