package io.dkron.web.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class AssetsTest {
    private static Asset script(String text) {
        return Asset.of("js/a.js", text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theHashFollowsNamesAndContents() {
        String hash = Assets.hashOf(new TreeMap<>(Map.of("a.js", script("1"))));
        assertThat(hash).matches("[0-9a-f]{12}");
        assertThat(Assets.hashOf(new TreeMap<>(Map.of("a.js", script("1"))))).isEqualTo(hash);
        assertThat(Assets.hashOf(new TreeMap<>(Map.of("a.js", script("2"))))).isNotEqualTo(hash);
        assertThat(Assets.hashOf(new TreeMap<>(Map.of("b.js", script("1"))))).isNotEqualTo(hash);
    }

    @Test
    void theCompressedFormHoldsTheSame() throws IOException {
        Asset asset = script("export default 1;\n".repeat(100));
        assertThat(asset.gzip()).hasSizeLessThan(asset.plain().length);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(asset.gzip())).readAllBytes())
                .isEqualTo(asset.plain());
    }

    @Test
    void aFileOfUnknownKindIsRefusedAtStart() {
        assertThatThrownBy(() -> Asset.of("x.exe", new byte[0])).hasMessageContaining("x.exe");
    }
}
