package io.dkron.cli.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The data directory of a node, held by this process alone until it ends. */
final class DataDirectory implements AutoCloseable {
    /** Why it cannot be had, in words for people. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        Unusable(String message) {
            super(message);
        }
    }

    private static final String LOCK = "node.lock";

    private final Path path;
    private final FileChannel channel;

    private DataDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Creates the directory for its owner alone if it is not there, and locks it. The lock is the kernel's: it goes with
     * the process, whatever ends it. The file holds the process id for the message that the next one gets.
     */
    static DataDirectory open(Path path) throws Unusable {
        Path lockFile = path.resolve(LOCK);
        try {
            create(path);
            FileChannel channel = FileChannel.open(
                    lockFile, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                String holder = Files.readString(lockFile).strip();
                channel.close();
                throw new Unusable("--data-dir " + path + ": in use by process " + (holder.isEmpty() ? "?" : holder)
                        + "; stop it or choose another");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
            return new DataDirectory(path, channel);
        } catch (FileSystemException e) {
            String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
            throw new Unusable("--data-dir " + path + ": cannot be used: " + e.getFile() + ": " + reason);
        } catch (IOException e) {
            throw new Unusable("--data-dir " + path + ": cannot be used: " + e.getMessage());
        }
    }

    private static void create(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return;
        }
        if (Files.getFileStore(existing(path)).supportsFileAttributeView("posix")) {
            Files.createDirectories(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(path);
        }
    }

    private static Path existing(Path path) {
        Path each = path.toAbsolutePath();
        while (!Files.exists(each) && each.getParent() != null) {
            each = each.getParent();
        }
        return each;
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    Path path() {
        return path;
    }

    /** Lets the directory go. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
