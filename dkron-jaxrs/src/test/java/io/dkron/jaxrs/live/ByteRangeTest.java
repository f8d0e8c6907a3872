package io.dkron.jaxrs.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteRangeTest {
    @ParameterizedTest
    @CsvSource({
        "bytes=0-3,0,4",
        "bytes=2-,2,10",
        "bytes=-3,7,10",
        "bytes=-99,0,10",
        "bytes=5-99,5,10",
        "bytes=10-,-1,-1",
        "bytes=-0,-1,-1"
    })
    void rangesAreCutToTheOutput(String header, int from, int to) {
        assertThat(ByteRange.of(Optional.of(header), 10)).contains(new ByteRange(from, to, 10));
    }

    @Test
    void rangesOfLongOutputsAndTheirTexts() {
        long length = 70L << 30;
        ByteRange end = ByteRange.of(Optional.of("bytes=-10"), length).orElseThrow();
        assertThat(end).isEqualTo(new ByteRange(length - 10, length, length));
        assertThat(end.text()).isEqualTo("bytes 75161927670-75161927679/75161927680");
        ByteRange outside =
                ByteRange.of(Optional.of("bytes=75161927680-"), length).orElseThrow();
        assertThat(outside.outside()).isTrue();
        assertThat(outside.text()).isEqualTo("bytes */75161927680");
        assertThat(ByteRange.of(Optional.of("bytes=-1"), 0)).contains(new ByteRange(-1, -1, 0));
    }

    @ParameterizedTest
    @CsvSource({"bytes=-", "bytes=3-1", "'bytes=0-1,3-4'", "lines=1-2", "x"})
    void whatIsNoSingleRangeMeansAll(String header) {
        assertThat(ByteRange.of(Optional.of(header), 10)).isEmpty();
    }

    @Test
    void wholeCharactersEndBeforeHalfOnes() {
        byte[] text = "aé日\ud83d\ude00".getBytes(StandardCharsets.UTF_8);
        int[] whole = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10};
        for (int length = 0; length <= text.length; length++) {
            assertThat(Utf8.wholeCharacters(Arrays.copyOf(text, length))).isEqualTo(whole[length]);
        }
        assertThat(Utf8.wholeCharacters(new byte[] {'a', (byte) 0xff, 'b'})).isEqualTo(-1);
        assertThat(Utf8.valid("日".repeat(20_000).getBytes(StandardCharsets.UTF_8)))
                .isTrue();
    }
}
