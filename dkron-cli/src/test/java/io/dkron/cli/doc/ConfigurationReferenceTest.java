package io.dkron.cli.doc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationReferenceTest {
    /** Run with {@code -Ddkron.write=true} to write the page anew. */
    @Test
    void thePageInDocsIsTheTablesOfToday() throws Exception {
        Path page = Path.of("../docs/configuration.md");
        if (Boolean.getBoolean("dkron.write")) {
            Files.createDirectories(page.getParent());
            Files.writeString(page, ConfigurationReference.page());
        }
        assertThat(page)
                .as("stale: run the test with -Ddkron.write=true")
                .exists()
                .hasContent(ConfigurationReference.page());
    }
}
