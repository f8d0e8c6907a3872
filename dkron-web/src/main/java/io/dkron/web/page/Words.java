package io.dkron.web.page;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ResourceBundle;
import java.util.TreeMap;

/** The dashboard's words, a bundle for each language; the same for the views and for the script. Safe from any thread. */
@ApplicationScoped
public class Words {
    private static final String BUNDLE = "io.dkron.web.page.words";
    private static final ResourceBundle.Control ONLY_WHAT_IS_ASKED =
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES);

    /** Languages with words, the first for whoever asks for none of them. */
    public static final List<String> LANGUAGES = List.of("en");

    /** The first of the wanted languages that has words. */
    public String choose(List<Locale> wanted) {
        return wanted.stream()
                .map(Locale::getLanguage)
                .filter(LANGUAGES::contains)
                .findFirst()
                .orElse(LANGUAGES.get(0));
    }

    /** All words of a language by key, in the order of keys. */
    public Map<String, String> in(String language) {
        ResourceBundle bundle = ResourceBundle.getBundle(
                BUNDLE, Locale.forLanguageTag(language), Words.class.getClassLoader(), ONLY_WHAT_IS_ASKED);
        Map<String, String> words = new TreeMap<>();
        for (String key : Collections.list(bundle.getKeys())) {
            words.put(key, bundle.getString(key));
        }
        return Collections.unmodifiableMap(words);
    }

    /** The words of a language as a JavaScript module; empty for a language without. */
    public Optional<String> module(String language) {
        if (!LANGUAGES.contains(language)) {
            return Optional.empty();
        }
        List<String> entries = new ArrayList<>();
        in(language).forEach((key, text) -> entries.add(quoted(key) + ":" + quoted(text)));
        return Optional.of("export default {" + String.join(",\n", entries) + "};\n");
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c == '\u2028' || c == '\u2029') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
