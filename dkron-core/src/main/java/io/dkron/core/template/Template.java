package io.dkron.core.template;

import io.dkron.core.json.Json;
import io.dkron.core.problem.InvalidInputException;
import io.dkron.core.problem.Problem;
import io.dkron.core.problem.Validated;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A text with actions in double braces, as Go's text/template has them, of which this is the part that messages need:
 * fields, {@code if}, {@code else if}, {@code else}, {@code end}, pipes, parentheses, literals, comments, trim markers, the
 * functions {@code eq ne and or not printf js html urlquery json}, and {@code .Format} and {@code .Unix} of times.
 *
 * <p>Where a template is JSON, what is inserted is escaped as within a text of JSON, unless it comes out of {@code json} or
 * {@code js}. It is JSON if it is an object or an array once its actions are blanked: within a text by nothing, elsewhere by
 * {@code null}, with the first parts of all conditions and with the last.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @see "Go, package text/template"
 */
public final class Template {
    private final Source source;
    private final List<Node> nodes;
    private final boolean json;

    private Template(String text, List<Node> nodes) {
        this.source = new Source(text);
        this.nodes = List.copyOf(nodes);
        this.json = isJson();
    }

    /**
     * Reads a template, and looks at every part of it, also behind conditions.
     *
     * @param sample the fields that there will be, with values of their kinds: String, Boolean, Long, {@link GoTime}
     * @return the template, or what is wrong and where
     */
    public static Validated<Template> parse(String text, Map<String, ?> sample) {
        try {
            Template template = new Template(text, new Parser(text).parse());
            template.check(template.nodes, new Evaluation(template.source, sample, true));
            return new Validated.Valid<>(template);
        } catch (TemplateException e) {
            return new Validated.Invalid<>(List.of(new Problem("", String.valueOf(e.getMessage()))));
        }
    }

    /**
     * The text with the actions' results.
     *
     * @param fields by name, those of the sample
     * @throws TemplateException when a value does not fit where it is used
     */
    public String render(Map<String, ?> fields) {
        StringBuilder out = new StringBuilder(source.text().length() + 256);
        render(nodes, new Evaluation(source, fields, false), out);
        return out.toString();
    }

    /** Whether inserted text is escaped for JSON. */
    public boolean escapesJson() {
        return json;
    }

    private void render(List<Node> parts, Evaluation evaluation, StringBuilder out) {
        for (Node part : parts) {
            if (part instanceof Node.Text text) {
                out.append(text.text());
            } else if (part instanceof Node.Print print) {
                insert(evaluation.value(print.expression()), out);
            } else if (part instanceof Node.If condition) {
                boolean met = Functions.truth(evaluation.value(condition.condition()));
                render(met ? condition.then() : condition.otherwise(), evaluation, out);
            }
        }
    }

    private void insert(Object value, StringBuilder out) {
        if (json && !(value instanceof Functions.Raw)) {
            String quoted = Functions.json(value.toString());
            out.append(quoted, 1, quoted.length() - 1);
        } else {
            out.append(value);
        }
    }

    private void check(List<Node> parts, Evaluation evaluation) {
        for (Node part : parts) {
            if (part instanceof Node.Print print) {
                Objects.requireNonNull(evaluation.value(print.expression()));
            } else if (part instanceof Node.If condition) {
                Objects.requireNonNull(evaluation.value(condition.condition()));
                check(condition.then(), evaluation);
                check(condition.otherwise(), evaluation);
            }
        }
    }

    private boolean isJson() {
        String first = new Blanks(true).of(nodes);
        String last = new Blanks(false).of(nodes);
        return (isJson(first) || first.isBlank()) && (isJson(last) || last.isBlank()) && !(first + last).isBlank();
    }

    private static boolean isJson(String text) {
        String bare = text.strip();
        if (!bare.startsWith("{") && !bare.startsWith("[")) {
            return false;
        }
        try {
            Objects.requireNonNull(Json.read(bare.getBytes(StandardCharsets.UTF_8)));
            return true;
        } catch (InvalidInputException e) {
            return false;
        }
    }

    /** The template with its actions blanked. For one use. */
    private static final class Blanks {
        private final boolean first;
        private final StringBuilder out = new StringBuilder();
        private boolean quoted;

        Blanks(boolean first) {
            this.first = first;
        }

        String of(List<Node> nodes) {
            add(nodes);
            return out.toString();
        }

        private void add(List<Node> nodes) {
            for (Node node : nodes) {
                if (node instanceof Node.Text text) {
                    text(text.text());
                } else if (node instanceof Node.Print) {
                    out.append(quoted ? "" : "null");
                } else if (node instanceof Node.If condition) {
                    add(first ? condition.then() : condition.otherwise());
                }
            }
        }

        private void text(String text) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (quoted && c == '\\' && i + 1 < text.length()) {
                    out.append(c);
                    c = text.charAt(++i);
                } else if (c == '"') {
                    quoted = !quoted;
                }
                out.append(c);
            }
        }
    }
}
