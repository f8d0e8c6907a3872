package io.dkron.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the Content-Security-Policy would block must not even be written; what a view names must exist. */
class ViewsTest {
    private static final Path WEBAPP = Path.of("src/main/webapp");

    static List<Path> views() throws IOException {
        return files(".xhtml");
    }

    static List<Path> scripts() throws IOException {
        return files(".js");
    }

    private static List<Path> files(String ending) throws IOException {
        try (Stream<Path> all = Files.walk(WEBAPP)) {
            return all.filter(path -> path.toString().endsWith(ending)).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("views")
    void noViewHasInlineScriptOrStyle(Path view) throws IOException {
        String text = Files.readString(view);
        assertThat(text)
                .doesNotContainPattern("(?i)\\son[a-z]+\\s*=")
                .doesNotContainPattern("(?i)\\sstyle\\s*=")
                .doesNotContainPattern("(?i)<style")
                .doesNotContainPattern("(?i)javascript:")
                .doesNotContainPattern("(?i)<script(?![^>]*\\ssrc=)");
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void noScriptWritesMarkup(Path script) throws IOException {
        assertThat(Files.readString(script))
                .doesNotContainPattern(
                        "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\(|new Function")
                .doesNotContainPattern("createContextualFragment|DOMParser|setHTML");
    }

    @Test
    void everyWordThatAViewNamesExists() throws IOException {
        Set<String> named = new TreeSet<>();
        for (Path view : views()) {
            Matcher matcher = Pattern.compile("shell\\.words\\['([^']+)'\\]").matcher(Files.readString(view));
            while (matcher.find()) {
                named.add(matcher.group(1));
            }
        }
        assertThat(named).isNotEmpty();
        assertThat(new Words().in("en").keySet()).containsAll(named);
    }

    @Test
    void everyPageHasItsView() {
        for (Route.Page page : Route.Page.values()) {
            assertThat(WEBAPP.resolve("views/" + page.text() + ".xhtml")).exists();
        }
    }
}
