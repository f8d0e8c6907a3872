package io.dkron.core.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.json.Json;
import io.dkron.core.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
    private static final String NASTY = "a \"b\"\n<c> & 'd'\\\u00e9\t";
    private static final Map<String, Object> FIELDS = Map.of(
            "Name",
            "backup",
            "Empty",
            "",
            "Output",
            NASTY,
            "Success",
            true,
            "Failed",
            false,
            "Count",
            42L,
            "Time",
            new GoTime(Instant.parse("2026-03-05T14:07:09.120Z")));

    private static String render(String template) {
        return Template.parse(template, FIELDS).orThrow().render(FIELDS);
    }

    private static String problem(String template) {
        return Template.parse(template, FIELDS).problems().stream()
                .map(Problem::message)
                .findFirst()
                .orElse("");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            ignoreLeadingAndTrailingWhitespace = false,
            quoteCharacter = '^',
            value = {
                "plain~plain",
                "{{.Name}}~backup",
                "{{ .Name }} {{.Count}} {{.Success}}~backup 42 true",
                "a {{- .Name -}} b~abackupb",
                "a {{- /* nothing */ -}} b~ab",
                "a{{/* }} inside */}}b~ab",
                "{{\"}}\"}}~}}",
                "{{`raw \\n \"x\"`}}~raw \\n \"x\"",
                "{{\"tab\\tquote\\\"\\u00e9\"}}~tab\tquote\"é",
                "{{'a'}}~97",
                "{{0x1F}} {{-3}} {{1_000}} {{1.5}}~31 -3 1000 1.5",
                "{{if .Success}}yes{{else}}no{{end}}~yes",
                "{{if .Failed}}yes{{else}}no{{end}}~no",
                "{{if .Empty}}x{{end}}.~.",
                "{{if .Failed}}a{{else if eq .Count 41}}b{{else if eq .Count 42}}c{{else}}d{{end}}~c",
                "{{if eq .Success \"true\"}}ok{{else}}failed{{end}}~ok",
                "{{if eq .Success true}}ok{{end}}~ok",
                "{{if ne .Name \"x\"}}other{{end}}~other",
                "{{if eq .Name \"a\" \"b\" \"backup\"}}one{{end}}~one",
                "{{if and .Success (not .Failed)}}both{{end}}~both",
                "{{or .Empty .Name \"z\"}}~backup",
                "{{and .Name .Empty}}.~.",
                "{{not .Empty}}~true",
                "{{printf \"%s-%d-%v-%q-%5d|%-4d|%05d|%x\" .Name .Count .Success .Name .Count .Count .Count \"hi\"}}~backup-42-true-\"backup\"-   42|42  |00042|6869",
                "{{printf \"%.3s %.2f %t %% %c\" .Name 1.5 .Failed 65}}~bac 1.50 false % A",
                "{{.Name | printf \"%s!\" | printf \"<%s>\"}}~<backup!>",
                "{{(printf \"%s\" .Name)}}~backup",
                "{{.Time}}~2026-03-05 14:07:09.12 +0000 UTC",
                "{{.Time.Unix}}~1772719629",
                "{{.Time.Format \"2006-01-02T15:04:05Z07:00\"}}~2026-03-05T14:07:09Z",
                "{{(.Time).Format \"Mon, 02 Jan 2006 15:04:05 MST\"}}~Thu, 05 Mar 2026 14:07:09 UTC",
                "{{.Time.Format \"Monday January _2 3:04PM 06 .000 -0700\" | html}}~Thursday March  5 2:07PM 26 .120 +0000",
                "{{\"15:04:05.999\" | .Time.Format}}~14:07:09.12",
                "{{.Time.Format \"Month 1/2 002 __2 pm Z0700\"}}~Month 3/5 064  64 pm Z",
                "{{html \"<a href='x'>&\"}}~&lt;a href=&#39;x&#39;&gt;&amp;",
                "{{urlquery \"a b&c=d/é*\"}}~a+b%26c%3Dd%2F%C3%A9%2A",
                "{{js \"it's <b>=\\\"\\n\"}}~it\\'s \\u003Cb\\u003E\\u003D\\\"\\u000A",
                "{{json .Name}} {{json .Count}} {{json .Success}}~\"backup\" 42 true",
            })
    void printsWhatGoPrints(String template, String expected) {
        assertThat(render(template)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "{{.Nmae}}~line 1, column 3: there is no .Nmae",
                "{{if .Failed}}{{.Nmae}}{{end}}~column 17: there is no .Nmae",
                "{{or .Name .Nmae}}~there is no .Nmae",
                "{{.Name~column 1: an action has no end",
                "{{if .Name}}x~column 1: an if has no end",
                "x{{end}}~column 2: end without an if",
                "{{else}}~else without an if",
                "{{range .Name}}{{end}}~range is not known here",
                "{{$x}}~variables are not known here",
                "{{lower .Name}}~no function is called lower; there are and, or,",
                "{{}}~an action is empty",
                "{{.}}~the dot alone has no text",
                "{{.Name.Format \"2006\"}}~only times have a .Format",
                "{{.Time.Year}}~a time has no .Year",
                "{{.Time.Format}}~.Format needs 1 arguments",
                "{{.Name \"x\"}}~takes no argument: .Name",
                "{{eq .Name}}~eq: needs 2 arguments or more",
                "{{eq .Count \"x\"}}~eq: cannot compare a number",
                "{{printf \"%d\" .Name}}~printf: %d does not print a text",
                "{{printf \"%s\"}}~printf: %s has no argument",
                "{{printf \"x\" .Name}}~printf: 1 arguments more than verbs",
                "{{(.Name}}~a parenthesis is not closed",
                "{{\"x}}~a text in quotes has no end",
                "{{\"\\q\"}}~\\q means nothing",
                "{{.Name}}{{/* x }}~a comment is closed by",
                "{{.Name | }}~something is missing",
                "{{1.2.3}}~1.2.3 is no number",
                "{{.Name)}}~unexpected )",
            })
    void saysWhatIsWrongAndWhere(String template, String expected) {
        assertThat(problem(template)).contains(expected);
    }

    @Test
    void countsLinesAndColumns() {
        assertThat(problem("one\ntwo {{.Nope}}")).startsWith("line 2, column 7: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"text\": \"{{.Output}}\"}",
                "{\"text\": {{json .Output}}}",
                "{\"text\": {{.Output | json}}, \"ok\": {{.Success}}, \"n\": {{.Count}}}",
                "{\"text\": {{if .Success}}\"{{.Output}}\"{{else}}\"failed\"{{end}}}",
                "{\"text\": \"{{if .Failed}}bad{{else}}{{.Output}}{{end}}\"}",
                "{{if .Success}}{\"text\": \"{{printf \"%s\" .Output}}\"}{{end}}",
                " [ \"{{.Output}}\" ] ",
            })
    void f67WhatIsInsertedIntoJsonLeavesItJson(String template) {
        String rendered = render(template);
        Object value = Json.read(rendered.strip().getBytes(StandardCharsets.UTF_8));
        assertThat(value.toString()).contains(NASTY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{{.Output}}", "[Dkron] {{.Output}}", "text={{.Output}}", "{ {{.Output}} }", "\"{{.Output}}\""})
    void whatIsNoJsonIsNotEscaped(String template) {
        assertThat(render(template)).contains(NASTY);
    }

    /** Whatever a text holds, a template of JSON stays JSON, and its reader gets that text. */
    @Test
    void anyTextSurvivesJson() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Template template = Template.parse("{\"a\": \"x{{.Output}}y\", \"b\": {{.Output | json}}}", FIELDS)
                .orThrow();
        for (int i = 0; i < 2_000; i++) {
            String text = random.ints(random.nextInt(20), 0, 0x2100)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            Map<String, Object> read =
                    Json.readObject(template.render(Map.of("Output", text)).getBytes(StandardCharsets.UTF_8));
            assertThat(read).as("seed " + seed).isEqualTo(Map.of("a", "x" + text + "y", "b", text));
        }
    }

    /** No text makes the parser fail in another way than by saying what is wrong. */
    @Test
    void anyTextIsATemplateOrIsRefused() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] words = {
            "{{", "}}", "{{-", "-}}", "if", "else", "end", " ", ".Name", ".Time", ".Format", "(", ")", "|", "\"", "`",
            "'", "eq", "printf", "1", "-", "/*", "*/", "x", "\n", "\\", "%", ",", "json"
        };
        int valid = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(12); n >= 0; n--) {
                text.append(words[random.nextInt(words.length)]);
            }
            valid += Template.parse(text.toString(), FIELDS)
                    .match(
                            t -> {
                                assertThat(t.render(FIELDS)).as("seed " + seed).isNotNull();
                                return 1;
                            },
                            problems -> {
                                assertThat(problems.get(0).message()).startsWith("line ");
                                return 0;
                            });
        }
        assertThat(valid).isPositive();
    }
}
