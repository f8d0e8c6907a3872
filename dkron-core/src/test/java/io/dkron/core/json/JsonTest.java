package io.dkron.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.problem.MalformedInputException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|EOF: the body is empty",
                "{\"name\":|unexpected EOF at line 1, column 9",
                "{\"a\":1} x|line 1, column 9",
                "{\"a\":1}{}|unexpected data after the JSON value at line 1, column 8",
                "{\"password\":s3cret}|invalid JSON at line 1, column",
                "{\"a\" 1}|unexpected character '1' at line 1, column 6",
                "{'a':1}|unexpected character ''' at line 1, column 2",
                "{\"a\":01}|line 1, column",
                "{\"a\":NaN}|line 1, column",
            })
    void whatIsNoJsonIsToldWithItsPlaceAndWithoutItsText(String text, String message) {
        assertThatThrownBy(() -> Json.read(utf8(text)))
                .isInstanceOf(MalformedInputException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void sixtyFourLevelsAreReadAndOneMoreIsRefused() {
        assertThat(Json.read(utf8("[".repeat(64) + "]".repeat(64)))).isNotNull();
        assertThatThrownBy(() -> Json.read(utf8("[".repeat(65) + "]".repeat(65))))
                .isInstanceOf(MalformedInputException.class)
                .hasMessageContaining("nested deeper than 64");
        assertThatThrownBy(() -> Json.read(utf8("[".repeat(1_000_000)))).isInstanceOf(MalformedInputException.class);
    }

    @Test
    void theLastOfDuplicatesWinsAndNullIsNotSent() {
        assertThat(Json.readObject(utf8("{\"a\":1,\"b\":\"x\",\"a\":\"2\",\"b\":null}")))
                .containsEntry("a", "2")
                .containsEntry("b", "x");
    }

    @Test
    void halfASurrogatePairBecomesTheReplacementCharacter() {
        byte[] written = Json.write(Json.read(utf8("[\"a\\ud800b\",\"\\ud83d\\ude00\"]")));
        assertThat(new String(written, StandardCharsets.UTF_8)).isEqualTo("[\"a\ufffdb\",\"\ud83d\ude00\"]");
    }

    @Test
    void numbersStayAsTheyWereSent() {
        String text = "[1795509644122149251,-1,0.20,1e400,true,null,{\"b\":1,\"a\":[]}]";
        assertThat(new String(Json.write(Json.read(utf8(text))), StandardCharsets.UTF_8))
                .isEqualTo(text);
    }

    @Test
    void prettyIndentsByFourAndLeavesEmptyOnesAndTextsAlone() {
        byte[] pretty = Json.pretty(utf8("{\"a\":[],\"b\":{},\"c\":[1,{\"d\":\"x{,:\\\"]\"}],\"e\":null}"));
        assertThat(new String(pretty, StandardCharsets.UTF_8)).isEqualTo("""
                        {
                            "a": [],
                            "b": {},
                            "c": [
                                1,
                                {
                                    "d": "x{,:\\"]"
                                }
                            ],
                            "e": null
                        }""");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
