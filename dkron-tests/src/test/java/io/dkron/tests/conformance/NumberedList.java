package io.dkron.tests.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A page whose tables have a number in their first column. In the tables of cases the last column names the test classes that
 * show the case, each in backticks, and may say {@code differs} or {@code waits}; the tables under the headings that begin so
 * have a reason for each of those numbers in place of it.
 */
final class NumberedList {
    private static final Pattern ROW = Pattern.compile("\\| (C\\d{3}|F\\d{2}) \\|.*\\|");
    private static final Pattern CELLS = Pattern.compile("(?<!\\\\)\\|");
    private static final Pattern CLASS = Pattern.compile("`(\\w+)`");
    private static final Set<String> MARKS = Set.of("differs", "waits");

    private final List<String> faults = new ArrayList<>();
    private final Map<String, String> shownBy = new TreeMap<>();
    private final List<String> order = new ArrayList<>();
    private final Map<String, Map<String, String>> reasons =
            Map.of("differs", new TreeMap<>(), "waits", new TreeMap<>());

    private NumberedList() {}

    /** Reads a page of {@code docs}. */
    static NumberedList read(Path page) {
        NumberedList list = new NumberedList();
        try {
            String heading = "";
            for (String line : Files.readAllLines(page)) {
                if (line.startsWith("#")) {
                    heading = heading(line);
                } else if (ROW.matcher(line).matches()) {
                    list.row(heading, line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return list;
    }

    /**
     * Brings the last column in line with the tests. Who waited without any test and has one now, waits no longer; that a mark
     * or its reason is still right is for people to see.
     */
    static void write(Path page, NumberedTests tests) {
        try {
            Set<String> arrived = new TreeSet<>();
            List<String> lines = new ArrayList<>();
            String heading = "";
            for (String line : Files.readAllLines(page)) {
                heading = line.startsWith("#") ? heading(line) : heading;
                if (!ROW.matcher(line).matches()) {
                    lines.add(line);
                } else if (!MARKS.contains(heading)) {
                    lines.add(broughtInLine(line, tests, arrived));
                } else if (!heading.equals("waits") || !arrived.contains(number(line))) {
                    lines.add(line);
                }
            }
            Files.write(page, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String broughtInLine(String line, NumberedTests tests, Set<String> arrived) {
        String[] cells = CELLS.split(line);
        String last = cells[cells.length - 1].strip();
        Set<String> classes = tests.of(number(line));
        List<String> words = new ArrayList<>();
        classes.forEach(name -> words.add("`" + name + "`"));
        for (String mark : new TreeSet<>(MARKS)) {
            boolean over = mark.equals("waits") && !classes.isEmpty() && !last.contains("`");
            if (over) {
                arrived.add(number(line));
            } else if (last.contains(mark)) {
                words.add(mark);
            }
        }
        return line.substring(0, line.length() - cells[cells.length - 1].length() - 1) + " " + String.join(", ", words)
                + " |";
    }

    private static String heading(String line) {
        return line.replaceFirst("#+ ", "").split(" ", 2)[0].toLowerCase(Locale.ROOT);
    }

    private static String number(String line) {
        return CELLS.split(line)[1].strip();
    }

    private void row(String heading, String line) {
        String[] cells = CELLS.split(line);
        String number = number(line);
        String last = cells[cells.length - 1].strip();
        if (!MARKS.contains(heading)) {
            order.add(number);
            if (shownBy.put(number, last) != null) {
                faults.add(number + " is there twice");
            }
        } else if (last.length() < 10 || reasons.get(heading).put(number, last) != null) {
            faults.add(number + " under " + heading + " has no reason, or is there twice");
        }
    }

    /** Numbers of the tables of cases, as they stand. */
    List<String> numbers() {
        return order;
    }

    /** Where the page says other than the tests do; empty when it is right. */
    List<String> contradictions(NumberedTests tests) {
        List<String> found = new ArrayList<>(faults);
        shownBy.forEach((number, cell) -> {
            Set<String> named = new TreeSet<>();
            CLASS.matcher(cell).results().forEach(r -> named.add(r.group(1)));
            if (!named.equals(tests.of(number))) {
                found.add(number + " names " + named + ", and tests of that number are in " + tests.of(number));
            }
            Set<String> marks =
                    new TreeSet<>(List.of(CLASS.matcher(cell).replaceAll("").split("[,; ]+")));
            marks.remove("");
            if (!MARKS.containsAll(marks)) {
                found.add(number + " says " + marks + " where only " + MARKS + " are known");
            }
            if (named.isEmpty() && marks.isEmpty()) {
                found.add(number + " has neither a test nor a reason");
            }
            for (String mark : MARKS) {
                if (marks.contains(mark) != reasons.get(mark).containsKey(number)) {
                    found.add(number + ": its row and the table of what " + mark + " disagree");
                }
            }
        });
        for (String number : tests.numbers(order.get(0).charAt(0))) {
            if (!shownBy.containsKey(number)) {
                found.add(number + " is carried by " + tests.of(number) + " and not listed");
            }
        }
        return found;
    }
}
