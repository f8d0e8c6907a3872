package io.dkron.agent.node;

import io.dkron.agent.disk.DurableText;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;

/**
 * A node's data directory, held by this process alone while open: created for its owner only, locked, and with the
 * node's identity in it, which is born with the directory and does not change with name or address.
 */
public final class NodeData implements AutoCloseable {
    private static final Set<PosixFilePermission> OWNER = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);
    /** The launcher locks the same file, so both ways to start a node exclude each other. */
    private static final String LOCK = "node.lock";

    private static final String IDENTITY = "node.properties";

    /**
     * Who this node is.
     *
     * @param id random, born with the directory
     * @param starts how often it was opened, this time included; of two processes with one id the higher is the living one
     */
    public record Identity(String id, long starts) {
        public Identity {
            Objects.requireNonNull(id, "id");
        }
    }

    private final Path directory;
    private final Optional<FileChannel> channel;
    private final Identity identity;

    private NodeData(Path directory, Optional<FileChannel> channel, Identity identity) {
        this.directory = directory;
        this.channel = channel;
        this.identity = identity;
    }

    /**
     * Opens a data directory, creating it where it is missing.
     *
     * @param lock whether to lock it; not where the launcher of this process did
     * @throws IOException when it cannot be used: the message names the setting, the cause and what to do
     */
    public static NodeData open(Path directory, boolean lock) throws IOException {
        Path absolute = directory.toAbsolutePath().normalize();
        Optional<FileChannel> channel = Optional.empty();
        try {
            create(absolute);
            channel = lock ? Optional.of(locked(absolute)) : Optional.empty();
            return new NodeData(absolute, channel, identify(absolute));
        } catch (IOException e) {
            if (channel.isPresent()) {
                channel.get().close();
            }
            throw e instanceof InUseException
                    ? e
                    : new IOException(
                            "data-dir " + absolute + ": " + e.getClass().getSimpleName() + ": " + e.getMessage()
                                    + "; it must be a directory that this user can write",
                            e);
        }
    }

    public Path directory() {
        return directory;
    }

    public Identity identity() {
        return identity;
    }

    /** Gives the directory free. */
    @Override
    public void close() throws IOException {
        if (channel.isPresent()) {
            channel.get().close();
        }
    }

    private static void create(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Files.createDirectories(directory);
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(directory, OWNER);
        }
    }

    private static FileChannel locked(Path directory) throws IOException {
        Path file = directory.resolve(LOCK);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null; // this process holds it already, through another node
        }
        if (lock == null) {
            String holder = Files.readString(file, StandardCharsets.US_ASCII).trim();
            channel.close();
            throw new InUseException("data-dir " + directory + ": in use by process "
                    + (holder.isEmpty() ? "(unknown)" : holder) + "; stop it or choose another");
        }
        byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(pid), 0);
        return channel;
    }

    private static Identity identify(Path directory) throws IOException {
        Path file = directory.resolve(IDENTITY);
        Properties properties = new Properties();
        if (Files.exists(file)) {
            properties.load(new StringReader(Files.readString(file)));
        }
        String id = properties.getProperty("id", UUID.randomUUID().toString());
        long starts = Long.parseLong(properties.getProperty("starts", "0")) + 1;
        properties.setProperty("id", id);
        properties.setProperty("starts", Long.toString(starts));
        StringWriter text = new StringWriter();
        properties.store(text, null);
        DurableText.replace(file, text.toString());
        return new Identity(id, starts);
    }

    /** Another process holds the directory. */
    private static final class InUseException extends IOException {
        private static final long serialVersionUID = 1L;

        InUseException(String message) {
            super(message);
        }
    }
}
