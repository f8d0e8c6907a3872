package io.dkron.agent.run;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The files of runs that are over. */
final class RunDirectories {
    private static final Logger LOG = System.getLogger(RunDirectories.class.getName());

    private RunDirectories() {}

    /** Removes a run's directory, which holds files only. What cannot be removed is reported and left. */
    static void delete(Path directory) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (NoSuchFileException e) {
            return; // a run that never began has none
        } catch (IOException e) {
            LOG.log(Level.WARNING, "files of a run not removed directory=" + directory, e);
        }
    }
}
