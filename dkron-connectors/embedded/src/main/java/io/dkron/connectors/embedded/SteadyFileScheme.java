package io.dkron.connectors.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/** Lets MVStore open {@link SteadyFile}s. Public because MVStore makes instances by reflection. */
public class SteadyFileScheme extends FilePathWrapper {
    private static final String NAME = "steady";
    private static final Map<String, View> VIEWS = new ConcurrentHashMap<>();

    static {
        FilePath.register(new SteadyFileScheme());
    }

    @Override
    public String getScheme() {
        return NAME;
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        String name = getBase().toString();
        return new SteadyFile(name, mode, VIEWS.getOrDefault(name, View.plain()));
    }

    /**
     * Opens something by a name that stands for a path as such a file, seen so.
     *
     * @param open takes the name
     */
    static <R> R viewing(Path path, View view, Function<String, R> open) {
        String name = path.toString();
        if (VIEWS.putIfAbsent(name, view) != null) {
            throw new IllegalStateException(name + " is being opened already");
        }
        try {
            return open.apply(NAME + ":" + name);
        } finally {
            VIEWS.remove(name);
        }
    }
}
