package io.dkron.agent.plugin;

import io.dkron.agent.executor.NoopExecutor;
import io.dkron.core.executor.Executor;
import io.dkron.core.processor.Processor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Loads what comes with the node, then each jar of a directory in a class loader of its own, in the order of their names.
 * A plug-in that is broken, or has a name that is taken, is reported and left out; the node starts.
 */
public final class PluginLoader {
    private static final Logger LOG = System.getLogger(PluginLoader.class.getName());

    private final Map<String, Executor> executors = new TreeMap<>();
    private final Map<String, Processor> processors = new TreeMap<>();
    private final List<AutoCloseable> loaders = new ArrayList<>();

    private PluginLoader() {}

    /**
     * Loads everything.
     *
     * @param directory may be missing
     */
    public static Plugins load(Path directory) {
        PluginLoader loader = new PluginLoader();
        loader.take(PluginLoader.class.getClassLoader(), "the node");
        if (Boolean.getBoolean(NoopExecutor.SWITCH)) {
            Executor noop = new NoopExecutor();
            loader.executors.put(noop.name(), noop);
        }
        for (Path jar : jars(directory)) {
            loader.jar(jar);
        }
        return new Plugins(loader.executors, loader.processors, loader.loaders);
    }

    private static List<Path> jars(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.getFileName().toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            LOG.log(Level.ERROR, "plug-ins not loaded directory=" + directory, e);
            return List.of();
        }
    }

    private void jar(Path jar) {
        try {
            URLClassLoader loader = new URLClassLoader(
                    jar.getFileName().toString(), new URL[] {jar.toUri().toURL()}, PluginLoader.class.getClassLoader());
            loaders.add(loader);
            int before = executors.size() + processors.size();
            take(loader, jar.toString());
            if (executors.size() + processors.size() == before) {
                LOG.log(Level.WARNING, "plug-in adds nothing file={0}", jar);
            }
        } catch (IOException e) {
            LOG.log(Level.ERROR, "plug-in left out file=" + jar, e);
        }
    }

    private void take(ClassLoader from, String source) {
        take(ServiceLoader.load(Executor.class, from), executors, Executor::name, source, from);
        take(ServiceLoader.load(Processor.class, from), processors, Processor::name, source, from);
    }

    private static <T> void take(
            ServiceLoader<T> services, Map<String, T> into, Function<T, String> name, String source, ClassLoader from) {
        Iterator<T> found = services.iterator();
        while (true) {
            try {
                if (!found.hasNext()) {
                    return;
                }
                T service = found.next();
                if (service.getClass().getClassLoader() != from) {
                    continue; // the parent's, seen before
                }
                T taken = into.putIfAbsent(name.apply(service), service);
                if (taken != null) {
                    LOG.log(
                            Level.ERROR,
                            "plug-in left out, its name is taken name={0} file={1}",
                            name.apply(service),
                            source);
                }
            } catch (ServiceConfigurationError | RuntimeException | LinkageError e) {
                LOG.log(Level.ERROR, "plug-in left out, it is broken file=" + source, e);
                if (e instanceof LinkageError) {
                    return; // the iterator may stay where it is
                }
            }
        }
    }
}
