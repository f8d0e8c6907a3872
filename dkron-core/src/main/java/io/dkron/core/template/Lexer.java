package io.dkron.core.template;

import io.dkron.core.template.Token.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Cuts one action into its words. For one use. */
final class Lexer {
    private final Source source;
    private final int end;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    /** Of the action's inside, from that position to this. */
    Lexer(Source source, int from, int end) {
        this.source = source;
        this.at = from;
        this.end = end;
    }

    List<Token> tokens() {
        boolean spaced = true;
        while (at < end) {
            char c = source.text().charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
                spaced = true;
                continue;
            }
            next(c, spaced);
            spaced = false;
        }
        tokens.add(new Token(Kind.END, "", "", spaced, at));
        return tokens;
    }

    private void next(char c, boolean spaced) {
        int start = at;
        if (c == '"') {
            String text = quoted(c);
            add(Kind.LITERAL, text, text, spaced, start);
        } else if (c == '\'') {
            String text = quoted(c);
            if (text.codePointCount(0, text.length()) != 1) {
                throw source.wrong(start, "'" + text + "' is not one character");
            }
            add(Kind.LITERAL, text, (long) text.codePointAt(0), spaced, start);
        } else if (c == '`') {
            int close = source.text().indexOf('`', at + 1);
            if (close < 0 || close >= end) {
                throw source.wrong(start, "a text in backquotes has no end");
            }
            String text = source.text().substring(at + 1, close);
            at = close + 1;
            add(Kind.LITERAL, text, text, spaced, start);
        } else if (c == '.' && !digitAt(at + 1)) {
            at++;
            String name = word();
            add(Kind.FIELD, name, name, spaced, start);
        } else if (Character.isDigit(c) || c == '.' || ((c == '-' || c == '+') && numberFollows())) {
            number(spaced);
        } else if (Character.isLetter(c) || c == '_') {
            String name = word();
            boolean truth = name.equals("true") || name.equals("false");
            add(truth ? Kind.LITERAL : Kind.NAME, name, truth ? (Object) name.equals("true") : name, spaced, start);
        } else {
            sign(c, spaced, start);
        }
    }

    private void sign(char c, boolean spaced, int start) {
        at++;
        switch (c) {
            case '(' -> add(Kind.OPEN, "(", "(", spaced, start);
            case ')' -> add(Kind.CLOSE, ")", ")", spaced, start);
            case '|' -> add(Kind.PIPE, "|", "|", spaced, start);
            case '$' -> throw source.wrong(start, "variables are not known here");
            default -> throw source.wrong(start, "unexpected " + c);
        }
    }

    private void add(Kind kind, String text, Object value, boolean spaced, int start) {
        tokens.add(new Token(kind, text, value, spaced, start));
    }

    private boolean digitAt(int index) {
        return index < end && Character.isDigit(source.text().charAt(index));
    }

    private boolean numberFollows() {
        return digitAt(at + 1) || (at + 1 < end && source.text().charAt(at + 1) == '.' && digitAt(at + 2));
    }

    private String word() {
        int start = at;
        while (at < end
                && (Character.isLetterOrDigit(source.text().charAt(at))
                        || source.text().charAt(at) == '_')) {
            at++;
        }
        return source.text().substring(start, at);
    }

    private void number(boolean spaced) {
        int start = at++;
        while (at < end
                && (Character.isLetterOrDigit(source.text().charAt(at))
                        || ".+-_".indexOf(source.text().charAt(at)) >= 0)) {
            char c = source.text().charAt(at);
            boolean exponent = "eE".indexOf(source.text().charAt(at - 1)) >= 0;
            if ((c == '+' || c == '-') && !exponent) {
                break;
            }
            at++;
        }
        String text = source.text().substring(start, at);
        add(Kind.LITERAL, text, value(text, start), spaced, start);
    }

    private Object value(String text, int start) {
        String digits = text.replace("_", "");
        try {
            String bare = digits.startsWith("-") || digits.startsWith("+") ? digits.substring(1) : digits;
            if (bare.startsWith("0x") || bare.startsWith("0X")) {
                return Long.parseLong((digits.startsWith("-") ? "-" : "") + bare.substring(2), 16);
            }
            BigDecimal number = new BigDecimal(digits);
            boolean whole = digits.chars().allMatch(c -> Character.isDigit(c) || c == '-' || c == '+');
            return whole ? (Object) number.longValueExact() : (Object) number.doubleValue();
        } catch (ArithmeticException | NumberFormatException e) {
            throw source.wrong(start, text + " is no number");
        }
    }

    private String quoted(char quote) {
        int start = at++;
        StringBuilder out = new StringBuilder();
        while (at < end) {
            char c = source.text().charAt(at++);
            if (c == quote) {
                return out.toString();
            } else if (c == '\n') {
                break;
            } else if (c == '\\' && at < end) {
                escape(out);
            } else {
                out.append(c);
            }
        }
        throw source.wrong(start, "a text in quotes has no end");
    }

    private void escape(StringBuilder out) {
        int start = at - 1;
        char c = source.text().charAt(at++);
        switch (c) {
            case 'n' -> out.append('\n');
            case 't' -> out.append('\t');
            case 'r' -> out.append('\r');
            case 'a' -> out.append('\u0007');
            case 'b' -> out.append('\b');
            case 'f' -> out.append('\f');
            case 'v' -> out.append('\u000b');
            case '\\', '"', '\'' -> out.append(c);
            case 'x' -> out.appendCodePoint(hex(2, start));
            case 'u' -> out.appendCodePoint(hex(4, start));
            case 'U' -> out.appendCodePoint(hex(8, start));
            default -> throw source.wrong(start, "\\" + c + " means nothing in a text");
        }
    }

    private int hex(int digits, int start) {
        int to = at + digits;
        if (to <= end) {
            try {
                int code = Integer.parseInt(source.text().substring(at, to), 16);
                if (Character.isValidCodePoint(code)) {
                    at = to;
                    return code;
                }
            } catch (NumberFormatException e) {
                throw source.wrong(start, "needs " + digits + " hexadecimal digits");
            }
        }
        throw source.wrong(start, "needs " + digits + " hexadecimal digits of a character");
    }
}
