package io.dkron.connectors.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import org.h2.store.fs.FilePathWrapper;

/** Lets MVStore open {@link SteadyFile}s. Public because MVStore makes instances by reflection. */
public final class SteadyFileScheme extends FilePathWrapper {
    static final String NAME = "steady";

    @Override
    public String getScheme() {
        return NAME;
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        return new SteadyFile(getBase().toString(), mode);
    }
}
