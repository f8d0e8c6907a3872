package io.dkron.core.template;

import io.dkron.core.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads a template. For one use. */
final class Parser {
    private static final Set<String> UNKNOWN_WORDS =
            Set.of("range", "with", "define", "template", "block", "break", "continue", "nil");
    private static final int DEEPEST = 50;

    private final Source source;
    private int at; // in the text
    private boolean trim; // the text that follows begins without white space
    private List<Token> tokens = List.of();
    private int next; // of the tokens
    private int depth;
    private String ending = ""; // the word that ended the list of nodes: end, else, or none at the end of the text
    private int endingAt;

    Parser(String text) {
        source = new Source(text);
    }

    /** @throws TemplateException when it cannot be read */
    List<Node> parse() {
        List<Node> nodes = nodes();
        if (!ending.isEmpty()) {
            throw source.wrong(endingAt, ending + " without an if");
        }
        return nodes;
    }

    private List<Node> nodes() {
        List<Node> nodes = new ArrayList<>();
        ending = "";
        String text = source.text();
        while (at < text.length()) {
            int open = text.indexOf("{{", at);
            int start = open < 0 ? text.length() : open;
            boolean trimBefore = open >= 0 && text.startsWith("-", open + 2) && whiteAt(open + 3);
            literal(text.substring(at, start), trimBefore, nodes);
            if (open < 0) {
                at = text.length();
                break;
            }
            int inside = open + (trimBefore ? 3 : 2);
            int close = close(open, inside);
            boolean trimAfter = close > inside && text.charAt(close - 1) == '-' && whiteAt(close - 2);
            at = close + 2;
            trim = trimAfter;
            if (action(open, inside, trimAfter ? close - 1 : close, nodes)) {
                return nodes;
            }
        }
        return nodes;
    }

    private boolean whiteAt(int index) {
        return index < source.text().length()
                && Character.isWhitespace(source.text().charAt(index));
    }

    private void literal(String text, boolean trimBefore, List<Node> nodes) {
        String kept = trim ? text.stripLeading() : text;
        kept = trimBefore ? kept.stripTrailing() : kept;
        trim = false;
        if (!kept.isEmpty()) {
            nodes.add(new Node.Text(kept));
        }
    }

    /** Where the braces stand that close the action, not those inside a text or comment. */
    private int close(int open, int inside) {
        String text = source.text();
        if (text.startsWith("/*", inside)
                || (whiteAt(inside) && text.startsWith("/*", inside + 1) && text.charAt(inside - 1) == '-')) {
            int end = text.indexOf("*/", inside);
            int close = end < 0 ? -1 : text.indexOf("}}", end);
            if (close < 0 || !text.substring(end + 2, close).matches("|\\s+-")) {
                throw source.wrong(open, "a comment is closed by */ and the braces");
            }
            return close;
        }
        for (int i = inside; i < text.length(); i++) {
            char c = text.charAt(i);
            if (text.startsWith("}}", i)) {
                return i;
            } else if (c == '"' || c == '\'' || c == '`') {
                i = afterQuote(i, c);
            }
        }
        throw source.wrong(open, "an action has no end");
    }

    private int afterQuote(int from, char quote) {
        String text = source.text();
        for (int i = from + 1; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && quote != '`') {
                i++;
            } else if (text.charAt(i) == quote) {
                return i;
            }
        }
        throw source.wrong(from, "a text in quotes has no end");
    }

    /** Whether it ends the list of nodes. */
    private boolean action(int open, int from, int to, List<Node> nodes) {
        String inside = source.text().substring(from, to).strip();
        if (inside.startsWith("/*")) {
            return false;
        }
        tokens = new Lexer(source, from, to).tokens();
        next = 0;
        Token first = tokens.get(0);
        if (first.is(Kind.END)) {
            throw source.wrong(open, "an action is empty");
        } else if (first.isName("if")) {
            next++;
            nodes.add(condition(open));
            ending = "";
            return false;
        } else if (first.isName("end") || first.isName("else")) {
            next++;
            ending = first.text();
            endingAt = open;
            if (ending.equals("end") || !tokens.get(next).isName("if")) {
                expectEnd();
            }
            return true;
        }
        nodes.add(new Node.Print(whole()));
        return false;
    }

    private Node condition(int open) {
        deeper(open);
        Expression condition = whole();
        List<Node> then = nodes();
        List<Node> otherwise = List.of();
        if (ending.equals("else") && tokens.get(next).isName("if")) {
            next++;
            otherwise = List.of(condition(endingAt)); // its end is ours too
        } else if (ending.equals("else")) {
            otherwise = nodes();
        }
        if (!ending.equals("end")) {
            throw source.wrong(open, "an if has no end");
        }
        depth--;
        return new Node.If(condition, then, otherwise);
    }

    private void deeper(int where) {
        if (++depth > DEEPEST) {
            throw source.wrong(where, "is nested too deeply");
        }
    }

    private Expression whole() {
        Expression expression = pipeline();
        expectEnd();
        return expression;
    }

    private void expectEnd() {
        Token token = tokens.get(next);
        if (!token.is(Kind.END)) {
            throw source.wrong(token.at(), "unexpected " + token.text());
        }
    }

    private Expression pipeline() {
        Expression value = command(List.of());
        while (tokens.get(next).is(Kind.PIPE)) {
            next++;
            value = command(List.of(value));
        }
        return value;
    }

    /** @param piped what comes through a pipe: the last argument */
    private Expression command(List<Expression> piped) {
        Token first = tokens.get(next);
        if (first.is(Kind.NAME)) {
            next++;
            return new Expression.Call(function(first), arguments(piped), first.at());
        }
        Expression operand = operand();
        List<Expression> arguments = arguments(piped);
        if (arguments.isEmpty()) {
            return operand;
        } else if (operand instanceof Expression.Method method) {
            return new Expression.Method(method.of(), method.name(), arguments, method.at());
        }
        throw source.wrong(first.at(), "takes no argument: " + shown(first));
    }

    private String function(Token name) {
        if (UNKNOWN_WORDS.contains(name.text())) {
            throw source.wrong(name.at(), name.text() + " is not known here");
        }
        if (!Functions.knows(name.text())) {
            throw source.wrong(name.at(), "no function is called " + name.text() + "; there are " + Functions.names());
        }
        return name.text();
    }

    private static String shown(Token token) {
        return token.is(Kind.FIELD) ? "." + token.text() : token.text();
    }

    private List<Expression> arguments(List<Expression> piped) {
        List<Expression> arguments = new ArrayList<>();
        while (!tokens.get(next).is(Kind.END)
                && !tokens.get(next).is(Kind.PIPE)
                && !tokens.get(next).is(Kind.CLOSE)) {
            Token token = tokens.get(next);
            if (!token.spaced() && !token.is(Kind.OPEN)) {
                throw source.wrong(token.at(), "unexpected " + shown(token));
            }
            arguments.add(operand());
        }
        arguments.addAll(piped);
        return arguments;
    }

    private Expression operand() {
        Token token = tokens.get(next++);
        Expression operand = switch (token.kind()) {
            case LITERAL -> new Expression.Literal(token.value(), token.at());
            case FIELD -> field(token);
            case NAME -> new Expression.Call(function(token), List.of(), token.at());
            case OPEN -> group(token);
            default ->
                throw source.wrong(
                        token.at(), token.is(Kind.END) ? "something is missing" : "unexpected " + token.text());
        };
        while (tokens.get(next).is(Kind.FIELD) && !tokens.get(next).spaced()) {
            Token method = tokens.get(next++);
            operand = new Expression.Method(operand, method.text(), List.of(), method.at());
        }
        return operand;
    }

    private Expression field(Token token) {
        if (token.text().isEmpty()) {
            throw source.wrong(token.at(), "the dot alone has no text: name a field");
        }
        return new Expression.Field(token.text(), token.at());
    }

    private Expression group(Token open) {
        deeper(open.at());
        Expression inside = pipeline();
        if (!tokens.get(next++).is(Kind.CLOSE)) {
            throw source.wrong(open.at(), "a parenthesis is not closed");
        }
        depth--;
        return inside;
    }
}
