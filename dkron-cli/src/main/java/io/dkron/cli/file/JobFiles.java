package io.dkron.cli.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Reads the jobs of files and folders. */
public final class JobFiles {
    /** What stands for standard input. */
    public static final String STANDARD_INPUT = "-";

    private final InputStream in;
    private final boolean recursive;

    /**
     * @param in standard input
     * @param recursive whether folders in folders are read
     */
    public JobFiles(InputStream in, boolean recursive) {
        this.in = in;
        this.recursive = recursive;
    }

    /**
     * All jobs, in the order of the names given, in folders by the files' names.
     *
     * @param names files, folders, or {@code -}
     * @throws JobFileException naming every file that cannot be read, and every job that is none or is there twice
     */
    public List<JobSource> read(List<String> names) {
        List<JobSource> jobs = new ArrayList<>();
        List<Fault> faults = new ArrayList<>();
        for (String name : names) {
            for (String file : files(name, faults)) {
                text(file, faults, jobs);
            }
        }
        twice(jobs, faults);
        if (!faults.isEmpty()) {
            throw new JobFileException(faults);
        }
        return jobs;
    }

    private void text(String file, List<Fault> faults, List<JobSource> jobs) {
        try {
            byte[] bytes = file.equals(STANDARD_INPUT) ? in.readAllBytes() : Files.readAllBytes(Path.of(file));
            JobText.Read read = JobText.read(file, bytes);
            jobs.addAll(read.jobs());
            faults.addAll(read.faults());
        } catch (NoSuchFileException e) {
            faults.add(fault(file, "there is no such file"));
        } catch (IOException e) {
            faults.add(fault(file, "cannot be read: " + e.getMessage()));
        }
    }

    private List<String> files(String name, List<Fault> faults) {
        Path path = Path.of(name);
        if (name.equals(STANDARD_INPUT) || !Files.isDirectory(path)) {
            return List.of(name);
        }
        try (Stream<Path> below = Files.walk(path, recursive ? Integer.MAX_VALUE : 1)) {
            List<String> files = below.filter(each -> isJobFile(path, each))
                    .sorted(Comparator.comparing(each -> path.relativize(each).toString()))
                    .map(Path::toString)
                    .toList();
            if (files.isEmpty()) {
                faults.add(fault(
                        name, "no file in it ends in .yaml, .yml or .json" + (recursive ? "" : "; -R looks deeper")));
            }
            return files;
        } catch (IOException e) {
            faults.add(fault(name, "cannot be read: " + e.getMessage()));
            return List.of();
        }
    }

    /** Hidden files and folders are an editor's or a version control's. */
    private static boolean isJobFile(Path folder, Path file) {
        for (Path part : folder.relativize(file)) {
            if (part.toString().startsWith(".")) {
                return false;
            }
        }
        String name = file.toString().toLowerCase(Locale.ROOT);
        boolean ending = name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
        return ending && Files.isRegularFile(file);
    }

    private static void twice(List<JobSource> jobs, List<Fault> faults) {
        Map<String, JobSource> first = new LinkedHashMap<>();
        for (JobSource job : jobs) {
            JobSource before = first.putIfAbsent(job.name(), job);
            if (before != null && !job.name().isEmpty()) {
                faults.add(new Fault(job.place(), job.name(), "name", "is there already, in " + before.place()));
            }
        }
    }

    private static Fault fault(String file, String message) {
        return new Fault(new Place(file, 0, 0, 0), "", "", message);
    }
}
