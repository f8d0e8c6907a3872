package io.dkron.connectors.backends;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** An archive's libraries as files. A folder carries the archive's checksum in its name, and is whole or not there. */
final class Unpacked {
    private Unpacked() {}

    /**
     * Unpacks, unless that was done; folders of earlier versions of the archive go.
     *
     * @return its jars
     */
    static List<Path> in(Path folder, String archive, InputStream packed) throws IOException {
        Files.createDirectories(folder);
        Path copy = Files.createTempFile(folder, archive + "-", ".zip");
        try {
            String sum = copy(packed, copy);
            Path unpacked = folder.resolve(archive + "-" + sum);
            if (!Files.isDirectory(unpacked)) {
                removeOthers(folder, archive);
                unpack(copy, unpacked);
            }
            try (Stream<Path> jars = Files.walk(unpacked)) {
                return jars.filter(file -> file.toString().endsWith(".jar"))
                        .sorted()
                        .toList();
            }
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private static String copy(InputStream packed, Path to) throws IOException {
        try {
            DigestInputStream in = new DigestInputStream(packed, MessageDigest.getInstance("SHA-256"));
            Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
            return HexFormat.of().formatHex(in.getMessageDigest().digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    private static void unpack(Path archive, Path to) throws IOException {
        Path fresh = Files.createTempDirectory(to.getParent(), to.getFileName() + "-");
        try {
            try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
                for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                    Path file = fresh.resolve(entry.getName()).normalize();
                    if (!file.startsWith(fresh)) {
                        throw new IOException(archive + ": holds a name that leads out of it: " + entry.getName());
                    }
                    if (!entry.isDirectory()) {
                        Files.createDirectories(file.getParent());
                        Files.copy(zip, file);
                    }
                }
            }
            Files.move(fresh, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException e) {
            delete(fresh); // another process was faster
        } catch (IOException | RuntimeException e) {
            delete(fresh);
            if (!Files.isDirectory(to)) {
                throw e;
            }
        }
    }

    private static void removeOthers(Path folder, String archive) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            for (Path old : all.filter(Files::isDirectory)
                    .filter(p -> p.getFileName().toString().startsWith(archive + "-"))
                    .toList()) {
                delete(old);
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            all.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
