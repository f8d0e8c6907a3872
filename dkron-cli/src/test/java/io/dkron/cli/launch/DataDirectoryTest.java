package io.dkron.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    Path folder;

    @Test
    void isCreatedForItsOwnerAlone() throws Exception {
        try (DataDirectory data = DataDirectory.open(folder.resolve("a/b"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.path())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void isRefusedToASecondHolderWhichIsToldTheFirst() throws Exception {
        try (DataDirectory data = DataDirectory.open(folder)) {
            assertThatThrownBy(() -> DataDirectory.open(data.path()))
                    .isInstanceOf(DataDirectory.Unusable.class)
                    .hasMessage("--data-dir " + folder + ": in use by process "
                            + ProcessHandle.current().pid() + "; stop it or choose another");
        }
        DataDirectory.open(folder).close();
    }

    @Test
    void cannotBeAFile() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> DataDirectory.open(file))
                .isInstanceOf(DataDirectory.Unusable.class)
                .hasMessageContaining(file.toString());
    }
}
