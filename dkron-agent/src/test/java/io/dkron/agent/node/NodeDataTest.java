package io.dkron.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeDataTest {
    @TempDir
    private Path folder;

    @Test
    void theIdentityStaysAndEachStartIsCounted() throws IOException {
        NodeData.Identity first;
        try (NodeData data = NodeData.open(folder.resolve("d"), true)) {
            first = data.identity();
        }
        try (NodeData data = NodeData.open(folder.resolve("d"), true)) {
            assertThat(data.identity()).isEqualTo(new NodeData.Identity(first.id(), 2));
        }
    }

    @Test
    void theDirectoryIsItsOwnersAlone() throws IOException {
        try (NodeData data = NodeData.open(folder.resolve("a/d"), true)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.directory())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void aDirectoryInUseIsRefusedNamingTheProcess() throws IOException {
        Path d = folder.resolve("d");
        try (NodeData data = NodeData.open(d, true)) {
            assertThatThrownBy(() -> NodeData.open(d, true))
                    .isInstanceOf(IOException.class)
                    .hasMessage("data-dir " + data.directory() + ": in use by process "
                            + ProcessHandle.current().pid() + "; stop it or choose another");
        }
        NodeData.open(d, true).close();
    }

    @Test
    void aFileInItsPlaceIsRefused() throws IOException {
        Path file = Files.createFile(folder.resolve("f"));
        assertThatThrownBy(() -> NodeData.open(file, true))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("data-dir " + file);
    }
}
