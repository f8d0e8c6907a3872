package io.dkron.ejb.raft;

import io.dkron.core.store.LocalStore;
import io.dkron.ejb.raft.log.SnapshotReference;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * States that go to other servers beside the log, and come from them. A state is written to a file first, so that a slow
 * receiver holds nothing of the store.
 */
final class StateImages {
    private static final int TRIES = 5;

    /**
     * A state in a file, which is deleted when it is closed.
     *
     * @param reference the entry that it is the state of
     */
    record Image(Path file, SnapshotReference reference) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            Files.deleteIfExists(file);
        }
    }

    private final Path folder;

    /** @param folder where files lie meanwhile */
    StateImages(Path folder) {
        this.folder = Objects.requireNonNull(folder, "folder");
    }

    /** Deletes what an end in the middle left behind. */
    void clean() throws IOException {
        Files.createDirectories(folder);
        try (var left = Files.newDirectoryStream(folder, "*.image")) {
            for (Path file : left) {
                Files.delete(file);
            }
        }
    }

    /** The state of a member as it is now. */
    Image of(RaftMember member, LocalStore store) throws IOException {
        for (int i = 0; i < TRIES; i++) {
            SnapshotReference before = mark(member);
            Path file = Files.createTempFile(folder, "state", ".image");
            LocalStore.Position position;
            try (OutputStream out = Files.newOutputStream(file)) {
                position = store.writeImage(out);
            } catch (IOException | RuntimeException e) {
                Files.deleteIfExists(file);
                throw e;
            }
            long term = member.termOf(position.index());
            if (term >= 0 && position.index() > 0 && mark(member).members().equals(before.members())) {
                return new Image(
                        file,
                        new SnapshotReference(
                                position.index(), term, before.members(), Long.toHexString(position.hash())));
            }
            Files.delete(file); // the members, or the log, changed meanwhile
        }
        throw new IOException("the members change too often now");
    }

    /** An empty file for a state that comes. */
    Path receiving() throws IOException {
        return Files.createTempFile(folder, "fetched", ".image");
    }

    private static SnapshotReference mark(RaftMember member) throws IOException {
        return member.mark().orElseThrow(() -> new IOException("there is no state yet"));
    }
}
