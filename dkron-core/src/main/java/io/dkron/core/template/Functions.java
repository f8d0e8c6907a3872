package io.dkron.core.template;

import io.dkron.core.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The functions of templates. Stateless. */
final class Functions {
    /** What is printed as it is, even where other text is escaped. */
    record Raw(String text) {
        @Override
        public String toString() {
            return text;
        }
    }

    /** Something is wrong with the arguments. */
    static final class ArgumentException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ArgumentException(String message) {
            super(message);
        }
    }

    /** {@code and} and {@code or} look at their arguments one by one, so they are elsewhere. */
    static final String AND = "and";

    static final String OR = "or";

    private static final Map<String, Function<List<Object>, Object>> KNOWN = new TreeMap<>(Map.of(
            "eq", Functions::equal,
            "ne", arguments -> !equal(exactly(2, arguments)),
            "not", arguments -> !truth(exactly(1, arguments).get(0)),
            "printf", Printf::format,
            "js", arguments -> new Raw(js(joined(arguments))),
            "html", arguments -> html(joined(arguments)),
            "urlquery", arguments -> urlQuery(joined(arguments)),
            "json", arguments -> new Raw(json(exactly(1, arguments).get(0)))));

    private Functions() {}

    static boolean knows(String name) {
        return KNOWN.containsKey(name) || name.equals(AND) || name.equals(OR);
    }

    static String names() {
        return KNOWN.keySet().stream().collect(Collectors.joining(", ", "and, or, ", ""));
    }

    /** @throws ArgumentException when the arguments are wrong */
    static Object call(String name, List<Object> arguments) {
        return KNOWN.get(name).apply(arguments);
    }

    private static List<Object> exactly(int count, List<Object> arguments) {
        if (arguments.size() != count) {
            throw new ArgumentException("needs " + count + " arguments, not " + arguments.size());
        }
        return arguments;
    }

    /** Whether {@code if} takes it for true: what is not false, zero or empty. */
    static boolean truth(Object value) {
        if (value instanceof Boolean b) {
            return b;
        } else if (value instanceof Long n) {
            return n != 0;
        } else if (value instanceof Double d) {
            return d != 0;
        }
        return value instanceof GoTime || !value.toString().isEmpty();
    }

    private static boolean equal(List<Object> arguments) {
        if (arguments.size() < 2) {
            throw new ArgumentException("needs 2 arguments or more, not " + arguments.size());
        }
        Object first = arguments.get(0);
        boolean any = false;
        for (Object other : arguments.subList(1, arguments.size())) {
            any |= same(first, other);
        }
        return any;
    }

    private static boolean same(Object a, Object b) {
        if (a instanceof GoTime || b instanceof GoTime) {
            throw new ArgumentException("cannot compare times: use .Unix or .Format");
        } else if (a instanceof Number x && b instanceof Number y) {
            return x.doubleValue() == y.doubleValue();
        } else if (a instanceof Number || b instanceof Number) {
            throw new ArgumentException("cannot compare a number with something else");
        }
        return a.toString().equals(b.toString()); // a truth value is its text, as it is in Dkron
    }

    private static String joined(List<Object> arguments) {
        if (arguments.isEmpty()) {
            throw new ArgumentException("needs an argument");
        }
        return arguments.stream().map(Object::toString).collect(Collectors.joining());
    }

    static String json(Object value) {
        Object plain = value instanceof Boolean || value instanceof Number ? value : value.toString();
        return new String(Json.write(plain), StandardCharsets.UTF_8);
    }

    static String html(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&#34;");
                case '\'' -> out.append("&#39;");
                case '\0' -> out.append('\uFFFD');
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    static String js(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean hidden = c < ' ' || "<>&=".indexOf(c) >= 0 || (c > '~' && !shown(c));
            if (c == '\\' || c == '\'' || c == '"') {
                out.append('\\').append(c);
            } else if (hidden) {
                out.append(String.format("\\u%04X", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean shown(char c) {
        int type = Character.getType(c);
        return Character.isSurrogate(c)
                || Character.isDefined(c)
                        && !Character.isISOControl(c)
                        && !Character.isSpaceChar(c)
                        && type != Character.FORMAT
                        && type != Character.PRIVATE_USE;
    }

    static String urlQuery(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
