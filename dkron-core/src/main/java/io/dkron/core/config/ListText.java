package io.dkron.core.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A list in one line of text, by CSV rules: commas part, double quotes protect, a doubled one stands for itself. */
public final class ListText {
    private ListText() {}

    /** The items of a line; blanks around an item and empty items are dropped. */
    public static List<String> split(String line) {
        return split(line, false);
    }

    /** As {@link #split(String)}, but blanks part items too. */
    public static List<String> splitAtBlanks(String line) {
        return split(line, true);
    }

    /** One line that {@link #split} and {@link #splitAtBlanks} read back. */
    public static String join(List<String> items) {
        return items.stream().map(ListText::quoted).collect(Collectors.joining(","));
    }

    private static String quoted(String item) {
        boolean plain = item.chars().noneMatch(c -> c == ',' || c == '"' || Character.isWhitespace(c));
        return plain ? item : '"' + item.replace("\"", "\"\"") + '"';
    }

    private static List<String> split(String line, boolean atBlanks) {
        List<String> items = new ArrayList<>();
        StringBuilder item = new StringBuilder();
        boolean inside = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                if (inside && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                    item.append('"');
                    i++;
                } else {
                    inside = !inside;
                }
            } else if (!inside && (c == ',' || (atBlanks && Character.isWhitespace(c)))) {
                addTo(items, item);
            } else {
                item.append(c);
            }
        }
        addTo(items, item);
        return List.copyOf(items);
    }

    private static void addTo(List<String> items, StringBuilder item) {
        String text = item.toString().trim();
        if (!text.isEmpty()) {
            items.add(text);
        }
        item.setLength(0);
    }
}
