package io.dkron.connectors.embedded;

import io.dkron.core.store.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.UUID;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;

/**
 * The folder of a store: the file, and its mark. Opens what is there, and never takes a damaged, cut or missing file for
 * an empty store; nothing is ever deleted but a store whose creation did not end.
 */
final class StoreDirectory {
    private static final System.Logger LOG = System.getLogger(StoreDirectory.class.getName());
    private static final String ADVICE =
            "Restore the whole data directory from a backup, or move all of it away to begin empty";

    private final Path folder;
    private final Path file;
    private final Path markFile;
    private final Mark mark;

    StoreDirectory(Path folder) {
        this.folder = folder.toAbsolutePath();
        this.file = this.folder.resolve("dkron.store");
        this.markFile = this.folder.resolve("dkron.mark");
        this.mark = new Mark(markFile);
    }

    Path file() {
        return file;
    }

    /** @throws StoreException in use, damaged, or not readable: which file and what to do */
    StoreFile open() {
        try {
            Optional<Mark.Position> position = mark.read();
            if (!Files.exists(file)) {
                if (position.isPresent()) {
                    throw new StoreException(
                            file + ": missing, but " + markFile + " says that a store was here. " + ADVICE);
                }
                create();
            } else if (Files.size(file) == 0) {
                throw new StoreException(file + ": damaged (it is empty). " + ADVICE);
            }
            StoreFile opened = StoreFile.open(file);
            if (position.isPresent()) {
                checkNotBehind(opened, position.get());
            }
            removeLater(opened);
            mark.write(opened.applied());
            return opened;
        } catch (IOException | RuntimeException e) {
            throw explain(e);
        }
    }

    private void create() throws IOException {
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (UnsupportedOperationException e) { // no such permissions on this system
            Files.createDirectories(folder);
        }
        Path unfinished = folder.resolve("dkron.store.new");
        Files.deleteIfExists(unfinished);
        StoreFile.create(unfinished, UUID.randomUUID());
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        forceFolder();
    }

    private void forceFolder() {
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "folder cannot be forced on this system", e);
        }
    }

    private void removeLater(StoreFile opened) throws IOException {
        try {
            opened.removeLater(file);
        } catch (IOException e) {
            opened.abandon();
            throw e;
        }
    }

    private void checkNotBehind(StoreFile opened, Mark.Position position) {
        Applied found = opened.applied();
        String problem = !found.storeId().equals(position.storeId())
                ? "is another store than " + markFile + " belongs to"
                : found.index() < position.index()
                        ? "ends at batch " + found.index() + ", but batch " + position.index()
                                + " was acknowledged: it is damaged or an older copy"
                        : "";
        if (!problem.isEmpty()) {
            opened.abandon();
            throw new StoreException(
                    file + ": " + problem + ". " + ADVICE + "; to go on with this copy, delete " + markFile);
        }
    }

    /** Notes that a commit is on the disk and callers may know it. */
    void acknowledged(Applied applied) {
        mark.write(applied);
    }

    /** Where a copy of another replica is written before it takes the place of the file. */
    Path fetched() {
        return folder.resolve("dkron.store.fetched");
    }

    /**
     * Puts a fetched copy in the place of the file, which must be closed. The mark goes first: it may be ahead of the copy,
     * and a file without a mark is believed.
     */
    void replaceBy(Path copy) throws IOException {
        mark.close();
        Files.deleteIfExists(markFile);
        forceFolder();
        Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceFolder();
    }

    void close(StoreFile opened, boolean healthy) {
        try {
            if (!opened.isClosed() && healthy) {
                Applied last = opened.applied();
                opened.close();
                mark.write(last);
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "store not closed cleanly file=" + file, e);
            opened.abandon();
        } finally {
            mark.close();
        }
    }

    StoreException explain(Exception e) {
        if (e instanceof StoreException known) {
            return known;
        }
        if (e instanceof MVStoreException mv && mv.getErrorCode() == DataUtils.ERROR_FILE_LOCKED) {
            return new StoreException(file + ": in use by another process; stop it or choose another --data-dir", e);
        }
        boolean inputOutput = e instanceof IOException
                || e instanceof MVStoreException mv
                        && (mv.getErrorCode() == DataUtils.ERROR_WRITING_FAILED
                                || mv.getErrorCode() == DataUtils.ERROR_READING_FAILED && !isPastEnd(mv));
        return inputOutput
                ? new StoreException(file + ": cannot be read or written (" + e + "); make room or repair the disk", e)
                : new StoreException(file + ": damaged (" + e.getMessage() + "). " + ADVICE, e);
    }

    /** A read behind the end means that the file was cut. */
    private static boolean isPastEnd(MVStoreException e) {
        return e.getCause() instanceof java.io.EOFException;
    }
}
