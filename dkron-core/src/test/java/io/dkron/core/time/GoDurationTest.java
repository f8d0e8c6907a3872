package io.dkron.core.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoDurationTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0                                  | 0s
            +0                                 | 0s
            -0                                 | 0s
            0s                                 | 0s
            5s                                 | 5s
            60s                                | 1m0s
            90m                                | 1h30m0s
            1h                                 | 1h0m0s
            24h                                | 24h0m0s
            1500ms                             | 1.5s
            1.5h                               | 1h30m0s
            .5s                                | 500ms
            1.s                                | 1s
            -.5s                               | -500ms
            +5s                                | 5s
            -1s                                | -1s
            1h2m3s4ms5us6ns                    | 1h2m3.004005006s
            3h3h                               | 6h0m0s
            10.5s4m                            | 4m10.5s
            11us                               | 11µs
            12\u00b5s                          | 12µs
            12\u03bcs                          | 12µs
            1.0000000005s                      | 1s
            0.9999999999999999999999999999999s | 1s
            1ns                                | 1ns
            100ms                              | 100ms
            1m1.000000001s                     | 1m1.000000001s
            0.100000000000000000000h           | 6m0s
            0.830103483285477580700h           | 49m48.372539827s
            9007199254.740993s                 | 2501999h47m34.740993s
            9223372036854775807ns              | 2562047h47m16.854775807s
            2562047h47m16.854775807s           | 2562047h47m16.854775807s
            -2562047h47m16.854775808s          | -2562047h47m16.854775808s
            """)
    void readsWhatGoReads(String text, String written) {
        Duration duration = GoDuration.parse(text).orElseThrow();

        assertThat(GoDuration.format(duration)).isEqualTo(written);
        assertThat(GoDuration.parse(written)).contains(duration);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            ''                        | 'invalid duration ""'
            '3'                       | 'missing unit in duration "3"'
            '1.5'                     | 'missing unit in duration "1.5"'
            '00'                      | 'missing unit in duration "00"'
            '-'                       | 'invalid duration "-"'
            's'                       | 'invalid duration "s"'
            '.'                       | 'invalid duration "."'
            '-.'                      | 'invalid duration "-."'
            '.s'                      | 'invalid duration ".s"'
            '+.s'                     | 'invalid duration "+.s"'
            '1d'                      | 'unknown unit "d" in duration "1d"'
            '5S'                      | 'unknown unit "S" in duration "5S"'
            '1 s'                     | 'unknown unit " s" in duration "1 s"'
            ' 1s'                     | 'invalid duration " 1s"'
            '1s '                     | 'unknown unit "s " in duration "1s "'
            '--1s'                    | 'invalid duration "--1s"'
            '1h-2m'                   | 'unknown unit "h-" in duration "1h-2m"'
            '1.2.3s'                  | 'missing unit in duration "1.2.3s"'
            '9223372036854775808ns'   | 'invalid duration "9223372036854775808ns"'
            '99999999999999999999ns'  | 'invalid duration "99999999999999999999ns"'
            '2562047h47m16.854775808s'| 'invalid duration "2562047h47m16.854775808s"'
            '2562048h'                | 'invalid duration "2562048h"'
            """)
    void refusesTheRestAndSaysWhy(String text, String reason) {
        StringBuilder heard = new StringBuilder();

        assertThat(GoDuration.parse(text, heard::append)).isEmpty();
        assertThat(heard).hasToString(reason);
    }

    @Test
    void whatIsWrittenIsReadBack() {
        long seed = System.nanoTime();
        System.out.println("GoDurationTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            Duration duration = Duration.ofNanos(random.nextLong() >> random.nextInt(63));
            String text = GoDuration.format(duration);
            assertThat(GoDuration.parse(text)).as(text).contains(duration);
        }
    }
}
