package io.dkron.agent.executor;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a command that runs without a shell: blanks, tabs and line ends part words; {@code '…'} is literal; in {@code
 * "…"} and in bare text a backslash takes the next character as it is. Nothing is expanded.
 */
final class CommandLine {
    /** The command cannot be split. */
    static final class BadCommandException extends Exception {
        private static final long serialVersionUID = 1;

        BadCommandException(String message) {
            super(message);
        }
    }

    private static final String INVALID = "invalid command line string";

    private CommandLine() {}

    static List<String> split(String line) throws BadCommandException {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
                continue;
            }
            inWord = true;
            switch (c) {
                case '\'', '"' -> i = quoted(line, i, word);
                case '\\' -> {
                    if (++i == line.length()) {
                        throw new BadCommandException(INVALID);
                    }
                    word.append(line.charAt(i));
                }
                case '(', ')' -> throw new BadCommandException(INVALID);
                case ';', '&', '|', '<', '>' ->
                    throw new BadCommandException("'" + c + "' needs a shell: set \"shell\": \"true\", or quote it");
                default -> word.append(c);
            }
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }

    private static int quoted(String line, int from, StringBuilder word) throws BadCommandException {
        char quote = line.charAt(from);
        for (int i = from + 1; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == quote) {
                return i;
            }
            if (c == '\\' && quote == '"') {
                if (++i == line.length()) {
                    break;
                }
                c = line.charAt(i);
            }
            word.append(c);
        }
        throw new BadCommandException(INVALID);
    }
}
