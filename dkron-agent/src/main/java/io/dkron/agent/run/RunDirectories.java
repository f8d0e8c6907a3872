package io.dkron.agent.run;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;

/** The files of runs that are over. */
final class RunDirectories {
    private static final Logger LOG = System.getLogger(RunDirectories.class.getName());

    private RunDirectories() {}

    /** Removes all files of a run but one. */
    static void deleteAllBut(Path directory, Path stays) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (!file.equals(stays)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Removes the directories of runs, which have numbers as names, except of those runs. */
    static void deleteOthers(Path directory, Set<Long> known) throws IOException {
        try (DirectoryStream<Path> runs = Files.newDirectoryStream(directory)) {
            for (Path run : runs) {
                String name = run.getFileName().toString();
                if (name.matches("\\d{1,18}") && !known.contains(Long.valueOf(name))) {
                    LOG.log(Level.INFO, "files of a run that is over removed directory={0}", run);
                    delete(run);
                }
            }
        }
    }

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
