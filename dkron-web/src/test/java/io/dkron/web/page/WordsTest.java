package io.dkron.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WordsTest {
    private final Words words = new Words();

    @Test
    void theFirstWantedLanguageWithWordsIsTaken() {
        assertThat(words.choose(List.of(Locale.JAPAN, Locale.UK))).isEqualTo("en");
        assertThat(words.choose(List.of(Locale.JAPAN))).isEqualTo("en");
        assertThat(words.choose(List.of())).isEqualTo("en");
    }

    @Test
    void everyLanguageHasTheSameKeysAndNoEmptyWords() {
        Map<String, String> first = words.in(Words.LANGUAGES.get(0));
        for (String language : Words.LANGUAGES) {
            Map<String, String> these = words.in(language);
            assertThat(these.keySet()).as(language).isEqualTo(first.keySet());
            assertThat(these.values()).as(language).noneMatch(String::isBlank);
        }
    }

    @Test
    void theModuleIsForLanguagesWithWordsOnly() {
        assertThat(words.module("en").orElseThrow())
                .startsWith("export default {")
                .contains("\"overview.title\":\"Overview\"");
        assertThat(words.module("../en")).isEmpty();
    }
}
