package io.dkron.connectors.backends;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;

/**
 * Loads a backend's own libraries, and nothing from outside but the JDK and the types that the backend shares with the
 * server. So a client's gRPC or Netty never meets the server's, whatever their versions.
 */
final class BackendLoader extends URLClassLoader {
    private static final String SHARED = "io.dkron.core.";

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader server;

    /** @param server has the shared types */
    BackendLoader(List<Path> libraries, ClassLoader server) {
        super("dkron-backend", urls(libraries), ClassLoader.getPlatformClassLoader());
        this.server = server;
    }

    private static URL[] urls(List<Path> libraries) {
        return libraries.stream().map(BackendLoader::url).toArray(URL[]::new);
    }

    private static URL url(Path library) {
        try {
            return library.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e); // a file's always is one
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        return name.startsWith(SHARED) ? server.loadClass(name) : super.findClass(name);
    }

    /** {@inheritDoc} The JDK's own files are found by the JDK; of others' there is nothing to see. */
    @Override
    public URL getResource(String name) {
        return Optional.ofNullable(findResource(name)).orElseGet(() -> super.getResource(name));
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        Enumeration<URL> own = findResources(name);
        return own.hasMoreElements() ? own : Collections.emptyEnumeration();
    }
}
