package io.dkron.agent.plugin;

import io.dkron.core.executor.Executor;
import io.dkron.core.processor.Processor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a node can run and where outputs can go, by name. Closing lets the jars go.
 *
 * @param loaders of the jars, in the order of loading
 */
public record Plugins(Map<String, Executor> executors, Map<String, Processor> processors, List<AutoCloseable> loaders)
        implements AutoCloseable {
    public Plugins {
        executors = Collections.unmodifiableMap(new TreeMap<>(executors));
        processors = Collections.unmodifiableMap(new TreeMap<>(processors));
        loaders = List.copyOf(loaders);
    }

    @Override
    public void close() throws IOException {
        List<AutoCloseable> reversed = new ArrayList<>(loaders);
        Collections.reverse(reversed);
        for (AutoCloseable loader : reversed) {
            try {
                loader.close();
            } catch (IOException e) {
                throw e;
            } catch (Exception e) { // declared so by AutoCloseable
                throw new IOException(e);
            }
        }
    }
}
