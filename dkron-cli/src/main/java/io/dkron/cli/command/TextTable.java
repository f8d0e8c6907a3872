package io.dkron.cli.command;

import java.util.List;
import java.util.stream.Collectors;

/** Rows as lines of aligned columns, two blanks apart. Stateless. */
final class TextTable {
    private TextTable() {}

    /** @param rows of equal length, the heading first */
    static String of(List<List<String>> rows) {
        return rows.stream().map(row -> line(rows, row)).collect(Collectors.joining(System.lineSeparator()));
    }

    private static String line(List<List<String>> rows, List<String> row) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            int column = i;
            int width =
                    rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
            line.append(row.get(i)).append(" ".repeat(width - row.get(i).length() + 2));
        }
        return line.toString().stripTrailing();
    }
}
