package io.dkron.cli.apply;

import io.dkron.cli.print.Safe;
import io.dkron.cli.print.Terminal;
import io.dkron.core.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Shows a change field by field: {@code -} as it is, {@code +} as it would be. Immutable. */
public final class Difference {
    private static final int CONTEXT = 2;

    private final Terminal terminal;

    public Difference(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The lines, without those of fields that stay; none for a job that stays or goes whole. */
    public List<String> of(Change change) {
        if (change.wanted().isEmpty()) {
            return List.of();
        }
        Definition wanted = change.wanted().get().definition();
        Map<String, Object> before = change.stored().map(Definition::leaves).orElseGet(Map::of);
        Map<String, Object> after =
                change.stored().isPresent() ? wanted.leaves() : new Definition(withoutName(wanted.brief())).leaves();
        Set<String> paths = new LinkedHashSet<>(after.keySet());
        before.keySet().stream().filter(path -> !after.containsKey(path)).forEach(paths::add);
        List<String> lines = new ArrayList<>();
        for (String path : paths) {
            Object old = before.get(path);
            Object now = after.get(path);
            if (old == null || !old.equals(now)) {
                lines.addAll(field(path, old, now));
            }
        }
        return lines;
    }

    private static Map<String, Object> withoutName(Map<String, Object> fields) {
        Map<String, Object> others = new LinkedHashMap<>(fields);
        others.remove("name");
        return others;
    }

    private List<String> field(String path, Object old, Object now) {
        if (old instanceof String before && now instanceof String after && (before + after).contains("\n")) {
            return text(path, before.split("\n", -1), after.split("\n", -1));
        }
        List<String> lines = new ArrayList<>();
        if (old != null) {
            lines.add(terminal.red("  - " + Safe.text(path) + ": " + value(old)));
        }
        if (now != null) {
            lines.add(terminal.green("  + " + Safe.text(path) + ": " + value(now)));
        }
        return lines;
    }

    private static String value(Object value) {
        return Safe.text(new String(Json.write(value), StandardCharsets.UTF_8));
    }

    /** A text of several lines, without those that are the same at its start and its end, but a few. */
    private List<String> text(String path, String[] old, String[] now) {
        int same = 0;
        int shorter = Math.min(old.length, now.length);
        while (same < shorter && old[same].equals(now[same])) {
            same++;
        }
        int tail = 0;
        while (tail < shorter - same && old[old.length - 1 - tail].equals(now[now.length - 1 - tail])) {
            tail++;
        }
        List<String> lines = new ArrayList<>();
        lines.add("    " + Safe.text(path) + ": |");
        int from = Math.max(0, same - CONTEXT);
        if (from > 0) {
            lines.add("      …");
        }
        for (int i = from; i < same; i++) {
            lines.add("      " + Safe.text(now[i]));
        }
        for (int i = same; i < old.length - tail; i++) {
            lines.add(terminal.red("  -   " + Safe.text(old[i])));
        }
        for (int i = same; i < now.length - tail; i++) {
            lines.add(terminal.green("  +   " + Safe.text(now[i])));
        }
        int to = Math.min(now.length, now.length - tail + CONTEXT);
        for (int i = now.length - tail; i < to; i++) {
            lines.add("      " + Safe.text(now[i]));
        }
        if (to < now.length) {
            lines.add("      …");
        }
        return lines;
    }
}
